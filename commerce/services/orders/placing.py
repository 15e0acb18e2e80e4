"""An order and its lines as they are placed: copies, independent of catalogue and customer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone

from commerce import locks
from commerce.models import Cart, CartLine, CouponRedemption, Order, OrderLine, Variant
from commerce.pricing import LineQuote, Quote
from commerce.services.quotes.offer import Offer
from commerce.wording import Wording
from core.database.many import settled
from core.ids import new_id
from core.languages import fallbacks
from core.money import Money

if TYPE_CHECKING:
    from commerce.services.orders.checkout import Buyer

NAME_LENGTH = 300  # of a line
BY_TRIGGER = ("base_currency", "base_total_minor", "exchange_rate", "rate_date")


def write_order(
    *, cart: Cart, lines: Sequence[CartLine], offer: Offer, buyer: "Buyer", customer_id: UUID
) -> Order:
    """Write what was offered, with the uses of its codes, in the transaction that offered it. Its
    payment is named, where there will be one at once; the caller opens it."""
    placed_at = timezone.now()
    billing = buyer.billing_address
    order = Order(
        id=new_id(),
        cart=cart,
        customer_id=customer_id,
        user_id=buyer.user_id,
        email=buyer.email,
        language=buyer.language,
        shipping_address=buyer.shipping_address.as_json(),
        billing_address=billing.as_json() if billing else None,
        country=buyer.shipping_address.country,
        currency=cart.currency,
        source=buyer.source,
        notes=buyer.notes,
        placed_at=placed_at,
        coupon_code=", ".join(judged.code for judged in offer.applied),
        payment_id=new_id() if buyer.gateway and offer.quote.total else None,
        **order_figures(offer.quote),
    )
    (order.number,) = locks.take_order_numbers(placed_at.year)
    order.save(force_insert=True)
    for column in BY_TRIGGER:
        delattr(order, column)  # read when somebody asks for it
    products = {line.variant.product_id for line in lines}
    wording = Wording(products, fallbacks([order.language]))
    rows = [
        new_line(order, position, line.variant, quoted, wording)
        for position, (line, quoted) in enumerate(zip(lines, offer.quote.lines, strict=True), 1)
    ]
    OrderLine.objects.bulk_create(settled(rows))
    CouponRedemption.objects.bulk_create(
        CouponRedemption(
            coupon=judged.coupon,
            order=order,
            email=buyer.email.strip().casefold(),
            currency=order.currency,
            amount_minor=offer.quote.saved.get(judged.code, Money.zero(order.currency)).minor,
        )
        for judged in offer.applied
    )
    return order


def order_figures(quote: Quote) -> dict[str, object]:
    """An order's columns of a quote."""
    return {
        "subtotal_minor": quote.subtotal.minor,
        "discount_minor": quote.discount.minor,
        "shipping_minor": quote.shipping.minor,
        "tax_minor": quote.tax.minor,
        "included_tax_minor": quote.included_tax.minor,
        "total_minor": quote.total.minor,
        "shipping_tax_minor": quote.shipping_tax.added.minor,
        "shipping_included_tax_minor": quote.shipping_tax.included.minor,
        "shipping_tax_rate": quote.shipping_rate.percent,
        "shipping_tax_name": quote.shipping_rate.name,
        "shipping_method": quote.delivery.code if quote.delivery else "",
        "shipping_method_name": quote.delivery.name if quote.delivery else "",
        "tax_note": quote.tax_note,
    }


def new_line(
    order: Order, position: int, variant: Variant, quoted: LineQuote, wording: Wording
) -> OrderLine:
    """The thing as the buyer reads it; catalogue and order part here."""
    made = OrderLine(
        order=order,
        position=position,
        variant=variant,
        vendor_id=variant.vendor_id,
        sku=variant.sku,
        name=wording.title(variant)[:NAME_LENGTH],
        service=variant.product.service,
        quantity=quoted.goods.quantity,
        currency=order.currency,
        unit_price_minor=quoted.goods.unit_price.minor,
        total_minor=quoted.goods.total.minor,
    )
    set_line_figures(made, quoted)
    return made


def set_line_figures(line: OrderLine, quoted: LineQuote) -> None:
    """A line's columns of a quote."""
    line.discount_minor = quoted.discount.minor
    line.tax_minor = quoted.tax.added.minor
    line.included_tax_minor = quoted.tax.included.minor
    line.tax_rate = quoted.rate.percent
    line.tax_name = quoted.rate.name
