"""Checkout: a cart becomes an order, its stock is held and its payment opened, all or nothing.

Nothing here talks to a gateway: that happens after the commit (pay.py), so that a dead
gateway costs neither the order nor the place in the queue for stock.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from commerce import locks
from commerce.addresses import Address
from commerce.enums import CartState
from commerce.models import Cart, CartLine, Order, OrderLine, Variant
from commerce.pricing import PricedLine, Totals, add_up
from commerce.services import carts, stock
from commerce.services.orders.paid import record_payment
from commerce.wording import Wording
from core.errors import Conflict, Invalid
from core.events.publish import ring_after_commit
from core.identity import acting_as_system
from core.ids import new_id
from core.languages import fallbacks
from core.money import Money
from crm.services.customers import get_or_create_customer
from payments.services.start import open_payment

PURPOSE = "order"
NAME_LENGTH = 300  # of a line


class PriceChanged(Conflict):
    """Something in the cart costs another price now; `now` maps variants to it."""

    def __init__(self, message: str, *, details: dict[str, Any], cart_id: UUID) -> None:
        super().__init__(message, details=details)
        self.cart_id = cart_id
        self.now: dict[UUID, Money] = {}


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who orders, from where, and how they mean to pay."""

    gateway: str
    email: str
    shipping_address: Address
    billing_address: Address | None = None
    user_id: UUID | None = None
    language: str = "en"
    success_url: str = ""
    cancel_url: str = ""


def check_out(
    *,
    cart_token: str,
    gateway: str,
    email: str,
    shipping_address: Address,
    billing_address: Address | None = None,
    user: Any = None,
    language: str = "",
    success_url: str = "",
    cancel_url: str = "",
) -> Order:
    """Order what is in a cart: order, lines, reservations and a pending payment, one transaction.

    A cart is ordered once; asked again by the same buyer, the same order is returned. Raises
    NotFound, Invalid for an empty cart, and Conflict when something costs another price than the
    shopper saw (the cart shows the new one from then on), is no longer sold, or is short.
    """
    buyer = Buyer(
        gateway=gateway,
        email=email,
        shipping_address=shipping_address,
        billing_address=billing_address,
        user_id=getattr(user, "pk", None),
        language=getattr(user, "language", "") or language or "en",
        success_url=success_url,
        cancel_url=cancel_url,
    )
    try:
        with acting_as_system("checkout"), transaction.atomic():
            return _order(carts.token_digest(cart_token), buyer)
    except PriceChanged as change:
        carts.accept_prices(cart_id=change.cart_id, prices=change.now)
        raise


def _order(token_hash: bytes, buyer: Buyer) -> Order:
    """The steps, in the order of commerce/locks.py."""
    cart = locks.lock_cart(token_hash)
    if cart.state == CartState.CONVERTED:
        return _ordered_before(cart, buyer)
    carts.refuse_ended(cart)
    lines = list(cart.lines.select_related("variant__product").order_by("created_at", "id"))
    if not lines:
        raise Invalid("The cart is empty.", details={"cart": ["Put something in it first."]})
    prices = _prices(cart, lines)
    totals = add_up(
        [PricedLine(prices[line.variant_id], line.quantity) for line in lines],
        currency=cart.currency,
    )
    customer = get_or_create_customer(
        email=buyer.email,
        name=buyer.shipping_address.name,
        country=buyer.shipping_address.country,
        language=buyer.language,
        user_id=buyer.user_id,
    )
    wanted = {line.variant: line.quantity for line in lines}
    promised = stock.promise(wanted, country=buyer.shipping_address.country)
    order = _write(cart, lines, prices, totals, buyer, customer.pk)
    stock.reserve(order=order, promised=promised)
    Cart.objects.filter(pk=cart.pk).update(state=CartState.CONVERTED)
    if totals.total:
        _open_payment(order, buyer)
    else:
        record_payment(order_id=order.pk, payment_id=None, amount=totals.total)
    ring_after_commit("order.placed")
    return Order.objects.get(pk=order.pk)


def _ordered_before(cart: Cart, buyer: Buyer) -> Order:
    """The order of a cart that was ordered: for the same buyer it is the answer."""
    order: Order = cart.order
    same = order.email == buyer.email and order.shipping_address == (
        buyer.shipping_address.as_json()
    )
    if not same:
        raise Conflict(f"This cart was ordered already: {order.number}.")
    return order


def _prices(cart: Cart, lines: list[CartLine]) -> dict[UUID, Money]:
    """Today's prices. Raises Conflict for what is no longer sold, PriceChanged for new prices."""
    now = carts.prices_today([line.variant_id for line in lines], cart.currency)
    gone = [line.variant.sku for line in lines if line.variant_id not in now]
    if gone:
        raise Conflict(f"No longer on sale: {', '.join(gone)}.", details={"not_on_sale": gone})
    changed = [
        {
            "variant": str(line.variant_id),
            "sku": line.variant.sku,
            "was": line.unit_price.as_json(),
            "now": now[line.variant_id].as_json(),
        }
        for line in lines
        if now[line.variant_id] != line.unit_price
    ]
    if changed:
        names = ", ".join(str(line["sku"]) for line in changed)
        refusal = PriceChanged(
            f"The price has changed: {names}. Check out again to accept it.",
            details={"price_changed": changed},
            cart_id=cart.pk,
        )
        refusal.now = now
        raise refusal
    return now


def _write(
    cart: Cart,
    lines: list[CartLine],
    prices: dict[UUID, Money],
    totals: Totals,
    buyer: Buyer,
    customer_id: UUID,
) -> Order:
    """The order and its lines: copies, independent of catalogue and customer from now on."""
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
        subtotal_minor=totals.subtotal.minor,
        discount_minor=totals.discount.minor,
        shipping_minor=totals.shipping.minor,
        tax_minor=totals.tax.minor,
        total_minor=totals.total.minor,
        placed_at=placed_at,
    )
    (order.number,) = locks.take_order_numbers(placed_at.year)
    order.save(force_insert=True)
    products = {line.variant.product_id for line in lines}
    wording = Wording(products, fallbacks([order.language]))
    OrderLine.objects.bulk_create(
        _line(order, position, line, prices[line.variant_id], wording)
        for position, line in enumerate(lines, start=1)
    )
    return order


def _line(order: Order, position: int, line: CartLine, price: Money, wording: Wording) -> OrderLine:
    """The thing as the buyer reads it; catalogue and order part here."""
    variant: Variant = line.variant
    return OrderLine(
        order=order,
        position=position,
        variant=variant,
        vendor_id=variant.vendor_id,
        sku=variant.sku,
        name=wording.title(variant)[:NAME_LENGTH],
        service=variant.product.service,
        quantity=line.quantity,
        currency=order.currency,
        unit_price_minor=price.minor,
        total_minor=(price * line.quantity).minor,
    )


def _open_payment(order: Order, buyer: Buyer) -> None:
    payment = open_payment(
        purpose=PURPOSE,
        purpose_id=order.pk,
        email=buyer.email,
        amount=order.total,
        gateway=buyer.gateway,
        description=f"Order {order.number}",
        customer_id=order.customer_id,
        user_id=buyer.user_id,
        success_url=buyer.success_url,
        cancel_url=buyer.cancel_url,
        language=order.language,
    )
    Order.objects.filter(pk=order.pk).update(payment_id=payment.pk)
