"""A cart's figures: shown, asked for elsewhere, with a code, sent another way."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from commerce import locks
from commerce.models import Cart, CartLine
from commerce.models.cart import LIVE
from commerce.pricing.shipping import Destination
from commerce.services import carts
from commerce.services.quotes.coupons import MOST_CODES, normal
from commerce.services.quotes.offer import Offer, Wishes, make_offer
from core.errors import Invalid
from core.identity import acting_as_system


def lines_of(cart: Cart) -> list[CartLine]:
    """A cart's lines with all that pricing them takes. One query."""
    return list(
        cart.lines.select_related("variant__product__category").order_by("created_at", "id")
    )


def wishes_of(cart: Cart, *, language: str = "") -> Wishes:
    """What the cart knows of its shopper's wishes."""
    return Wishes(
        destination=Destination(**cart.destination) if cart.destination else None,
        shipping_method=cart.shipping_method,
        coupon_codes=cart.coupon_codes,
        language=language or get_language() or "en",
    )


def show(cart: Cart, lines: list[CartLine]) -> Offer:
    """The cart's figures at the prices its shopper was shown; remembered as what they saw.

    Acts for the house: the token has let the caller in.
    """
    offer = _offer(cart, lines, wishes_of(cart))
    figures = offer.figures()
    if cart.state in LIVE and cart.shown != figures:
        Cart.objects.filter(pk=cart.pk, state__in=LIVE).update(shown=figures)
        cart.shown = figures
    return offer


def ways_of(cart: Cart) -> Offer:
    """What the cart costs and how it can be sent, in the language asked for; kept nowhere."""
    with acting_as_system("cart"), transaction.atomic():
        return _offer(cart, lines_of(cart), wishes_of(cart))


@transaction.atomic
def send_to(
    *, token: str, destination: Destination | None = None, shipping_method: str | None = None
) -> Cart:
    """Have the cart sent there, that way. What is not given stays.

    Raises NotFound, Conflict for a cart that is ordered, Invalid for a way that is not offered.
    """
    with acting_as_system("cart"):
        cart = _open(token)
        if destination is not None:
            cart.destination = destination.as_json()
        if shipping_method is not None:
            cart.shipping_method = shipping_method
        if shipping_method:
            wishes = wishes_of(cart)
            if wishes.destination is None:
                raise Invalid(
                    "Say first where it goes.", details={"country": ["Needed to choose a way."]}
                )
            check_way(_offer(cart, lines_of(cart), wishes), shipping_method)
        cart.save(update_fields=["destination", "shipping_method", "updated_at"])
        return cart


@transaction.atomic
def add_code(*, token: str, code: str) -> Cart:
    """Put a code to the cart. Raises NotFound, Conflict for a cart that is ordered, Invalid for a
    code that does not count on it, with the reason."""
    code = normal(code)
    with acting_as_system("cart"):
        cart = _open(token)
        if code in cart.coupon_codes:
            return cart
        if len(cart.coupon_codes) >= MOST_CODES:
            raise Invalid(
                "Too many codes.", details={"code": [f"At most {MOST_CODES} codes a cart."]}
            )
        cart.coupon_codes = [*cart.coupon_codes, code]
        offer = _offer(cart, lines_of(cart), wishes_of(cart))
        refusal = next((one.refusal for one in offer.refused if one.code == code), "")
        if refusal:
            raise Invalid("The code does not count here.", details={"code": [refusal]})
        cart.save(update_fields=["coupon_codes", "updated_at"])
        return cart


@transaction.atomic
def take_codes_off(*, token: str) -> Cart:
    """No codes any more. Raises NotFound, Conflict for a cart that is ordered."""
    with acting_as_system("cart"):
        cart = _open(token)
        cart.coupon_codes = []
        cart.save(update_fields=["coupon_codes", "updated_at"])
        return cart


@transaction.atomic
def accept(*, cart_id: UUID, offer: Offer, destination: Mapping[str, Any]) -> None:
    """The shopper is told of these figures: they are what the next checkout is compared with.
    Codes that no longer count are taken off, so that the cart and the next checkout agree."""
    with acting_as_system("cart"):
        Cart.objects.filter(pk=cart_id, state__in=LIVE).update(
            shown=offer.figures(),
            destination=dict(destination),
            shipping_method=offer.chosen.method.code if offer.chosen else "",
            coupon_codes=[judged.code for judged in offer.applied],
        )


def check_way(offer: Offer, code: str) -> None:
    """The way is offered. Raises Invalid naming those that are."""
    if code in {option.method.code for option in offer.options} or not offer.needs_shipping:
        return
    offered = ", ".join(option.method.code for option in offer.options)
    advice = f"One of: {offered}." if offered else "Nothing is sent there."
    raise Invalid("It cannot be sent that way.", details={"shipping_method": [advice]})


def _offer(cart: Cart, lines: list[CartLine], wishes: Wishes) -> Offer:
    return make_offer(
        currency=cart.currency,
        lines=lines,
        prices={line.variant_id: line.unit_price for line in lines},
        wishes=wishes,
        now=timezone.now(),
    )


def _open(token: str) -> Cart:
    cart = locks.lock_cart(carts.token_digest(token))
    carts.refuse_ended(cart)
    return cart
