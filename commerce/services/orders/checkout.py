"""Checkout: a cart becomes an order, its stock is held and its payment opened, all or nothing.

Everything is priced anew in its one transaction: goods, codes, shipping, tax. What contradicts
what the shopper saw is refused with the new figures, and accepted by checking out again. Nothing
here talks to a gateway: that happens after the commit (pay.py), so that a dead gateway costs
neither the order nor the place in the queue for stock.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from commerce import locks
from commerce.addresses import Address
from commerce.enums import CartState, OrderSource
from commerce.models import Cart, CartLine, Order
from commerce.services import carts, stock
from commerce.services.orders import changed
from commerce.services.orders.paid import record_payment
from commerce.services.orders.payer_words import paid_for
from commerce.services.orders.placing import write_order
from commerce.services.orders.purpose import PURPOSE
from commerce.services.quotes import carts as cart_figures
from commerce.services.quotes import coupons
from commerce.services.quotes.offer import Offer, Wishes, make_offer
from core.errors import Conflict, Invalid
from core.events.publish import ring_after_commit
from core.identity import acting_as_system
from core.money import Money
from crm.services.customers import get_or_create_customer
from payments.services.start import open_payment


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who orders, from where, through which door, and how they mean to pay (empty: not known)."""

    gateway: str
    email: str
    shipping_address: Address
    billing_address: Address | None = None
    shipping_method: str = ""
    user_id: UUID | None = None
    language: str = "en"
    success_url: str = ""
    cancel_url: str = ""
    customer_id: UUID | None = None
    source: OrderSource = OrderSource.STOREFRONT
    notes: str = ""


def order_as(cart_token: str, buyer: Buyer) -> Order:
    """Order what is in a cart, in the caller's transaction, as the house. A buyer without a gateway
    is asked for the money later. Raises what `check_out` raises."""
    return _order(carts.token_digest(cart_token), buyer)


def check_out(
    *,
    cart_token: str,
    gateway: str,
    email: str,
    shipping_address: Address,
    billing_address: Address | None = None,
    shipping_method: str = "",
    user: Any = None,
    language: str = "",
    success_url: str = "",
    cancel_url: str = "",
) -> Order:
    """Order what is in a cart: order, lines, reservations and a pending payment, one transaction.

    Without a `shipping_method` it goes the cart's way, or the cheapest. A cart is ordered once;
    asked again by the same buyer, the same order is returned. Raises NotFound, Invalid for an empty
    cart, a way that is not offered or an address nothing is sent to, and Conflict when something
    costs another price than the shopper saw (the cart shows the new figures from then on), is no
    longer sold, or is short.
    """
    buyer = Buyer(
        gateway=gateway,
        email=email,
        shipping_address=shipping_address,
        billing_address=billing_address,
        shipping_method=shipping_method,
        user_id=getattr(user, "pk", None),
        language=getattr(user, "language", "") or language or "en",
        success_url=success_url,
        cancel_url=cancel_url,
    )
    try:
        with acting_as_system("checkout"), transaction.atomic():
            return _order(carts.token_digest(cart_token), buyer)
    except changed.OfferChanged as change:
        carts.accept_prices(cart_id=change.cart_id, prices=change.prices)
        cart_figures.accept(
            cart_id=change.cart_id,
            offer=change.offer,
            destination=buyer.shipping_address.destination.as_json(),
        )
        raise


def _order(token_hash: bytes, buyer: Buyer) -> Order:
    """The steps, in the order of commerce/locks.py."""
    cart = locks.lock_cart(token_hash)
    if cart.state == CartState.CONVERTED:
        return _ordered_before(cart, buyer)
    carts.refuse_ended(cart)
    lines = cart_figures.lines_of(cart)
    if not lines:
        raise Invalid("The cart is empty.", details={"cart": ["Put something in it first."]})
    prices = _prices(cart, lines)
    customer_id = buyer.customer_id or _known_customer(buyer)
    offer = _offer(cart, lines, prices, buyer)
    wanted = {line.variant: line.quantity for line in lines}
    promised = stock.promise(wanted, country=buyer.shipping_address.country)
    order = write_order(cart=cart, lines=lines, offer=offer, buyer=buyer, customer_id=customer_id)
    stock.reserve(order=order, promised=promised)
    Cart.objects.filter(pk=cart.pk).update(state=CartState.CONVERTED)
    ring_after_commit("order.placed")
    if order.payment_id:
        _open_payment(order, order.payment_id, buyer)
    elif not offer.quote.total:
        return record_payment(order_id=order.pk, payment_id=None, amount=offer.quote.total)
    return order


def _known_customer(buyer: Buyer) -> UUID:
    customer = get_or_create_customer(
        email=buyer.email,
        name=buyer.shipping_address.name,
        country=buyer.shipping_address.country,
        language=buyer.language,
        user_id=buyer.user_id,
    )
    return customer.pk


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
    """Today's prices. Raises Conflict for what is no longer sold."""
    now = carts.prices_today([line.variant_id for line in lines], cart.currency)
    gone = [line.variant.sku for line in lines if line.variant_id not in now]
    if gone:
        raise Conflict(f"No longer on sale: {', '.join(gone)}.", details={"not_on_sale": gone})
    return now


def _offer(cart: Cart, lines: list[CartLine], prices: dict[UUID, Money], buyer: Buyer) -> Offer:
    """What it costs now, with its codes held until commit: their last use is given once.

    Raises OfferChanged, Invalid for a way or a place that is not served.
    """
    locks.lock_coupons(cart.coupon_codes)
    offer = make_offer(
        currency=cart.currency,
        lines=lines,
        prices=prices,
        wishes=Wishes(
            destination=buyer.shipping_address.destination,
            shipping_method=buyer.shipping_method or cart.shipping_method,
            coupon_codes=cart.coupon_codes,
            language=buyer.language,
            email=buyer.email,
        ),
        now=timezone.now(),
        coupons=coupons.read(cart.coupon_codes),
    )
    if offer.no_way:
        raise Invalid(
            "These goods are not sent there.",
            details={"shipping_address.country": ["Nothing in the cart's size goes there."]},
        )
    if buyer.shipping_method:
        cart_figures.check_way(offer, buyer.shipping_method)
    changed.refuse_what_was_not_shown(cart, lines, prices, offer)
    return offer


def _open_payment(order: Order, payment_id: UUID, buyer: Buyer) -> None:
    open_payment(
        payment_id=payment_id,
        purpose=PURPOSE,
        purpose_id=order.pk,
        email=buyer.email,
        amount=order.total,
        gateway=buyer.gateway,
        description=paid_for(order),
        customer_id=order.customer_id,
        user_id=buyer.user_id,
        success_url=buyer.success_url,
        cancel_url=buyer.cancel_url,
        language=order.language,
    )
