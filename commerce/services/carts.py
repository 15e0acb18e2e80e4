"""Carts: opened, filled, changed. The token alone opens a cart, so these act for the house."""

import hashlib
import secrets
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from commerce import locks
from commerce.enums import CartState, ProductStatus, VendorStatus
from commerce.models import Cart, CartKey, CartLine, Price, Variant
from commerce.models.cart import LIVE, MOST_PIECES
from core.errors import Conflict, Invalid, NotFound
from core.identity import acting_as_system
from core.money import CURRENCIES, Money

TOKEN_BYTES = 16  # 128 random bits
MOST_LINES = 200
MOST_KEYS = 20  # devices and links that open one cart

P = ParamSpec("P")
R = TypeVar("R")


def _for_the_house(service: Callable[P, R]) -> Callable[P, R]:
    """Run as the house, in one transaction: whoever holds the token is let in by it."""

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with acting_as_system("cart"), transaction.atomic():
            return service(*args, **kwargs)

    return run


def token_digest(token: str) -> bytes:
    """What is stored of a token: a leaked table opens no cart."""
    return hashlib.sha256(token.encode()).digest()


@_for_the_house
def open_cart(*, currency: str = "", user_id: UUID | None = None) -> tuple[Cart, str]:
    """A new, empty cart and the token that opens it, which is told this once.

    A user has one cart a currency: theirs is opened again, by a token of its own. Raises Invalid
    for a currency nobody knows.
    """
    currency = currency or settings.BASE_CURRENCY
    if currency not in CURRENCIES:
        raise Invalid(
            "Give a currency code such as EUR.", details={"currency": ["Not a currency code."]}
        )
    cart = _live_cart(user_id, currency) if user_id else None
    if cart is not None:
        return cart, new_key(cart)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    made = Cart(token_hash=token_digest(token), currency=currency, user_id=user_id)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:  # the same user's other device was quicker
        cart = _live_cart(user_id, currency)
        if cart is None:
            raise
        return cart, new_key(cart)
    return made, token


def new_key(cart: Cart) -> str:
    """One more token of a cart; the newest MOST_KEYS open it."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    CartKey.objects.create(token_hash=token_digest(token), cart=cart)
    newest = cart.keys.order_by("-created_at").values_list("token_hash", flat=True)[:MOST_KEYS]
    cart.keys.exclude(token_hash__in=list(newest)).delete()
    return token


def _live_cart(user_id: UUID | None, currency: str) -> Cart | None:
    live = Cart.objects.select_for_update(of=("self",))
    return live.filter(user_id=user_id, currency=currency, state__in=LIVE).first()


@_for_the_house
def find_cart(*, token: str) -> Cart:
    """The cart a token opens, with what is in it. Raises NotFound."""
    digest = token_digest(token)
    cart = (
        Cart.objects.filter(token_hash=digest).first()
        or Cart.objects.filter(keys__token_hash=digest).first()
    )
    if cart is None:
        raise NotFound("There is no such cart.")
    return cart


@_for_the_house
def add_item(*, token: str, variant_id: UUID, quantity: int = 1) -> Cart:
    """Put so many more pieces in the cart, at today's price.

    Raises NotFound, Conflict for a cart that is ordered already, Invalid for a variant that is
    not sold (in this currency) or a quantity out of range.
    """
    cart = _open(token)
    line = cart.lines.filter(variant_id=variant_id).first()
    variant, price = _sold(variant_id, cart.currency)
    if line is None and cart.lines.count() >= MOST_LINES:
        raise Invalid(f"A cart holds {MOST_LINES} different things at most.")
    total = quantity + (line.quantity if line else 0)
    _check(total, added=quantity)
    line = line or CartLine(cart=cart, variant=variant)
    line.quantity = total
    line.unit_price_minor = price.minor
    line.save()
    return _touched(cart)


@_for_the_house
def change_item(*, token: str, variant_id: UUID, quantity: int) -> Cart:
    """Have exactly so many pieces in the cart; none takes the line out. Raises as `add_item`."""
    cart = _open(token)
    line = cart.lines.filter(variant_id=variant_id).first()
    if line is None:
        raise NotFound("That is not in the cart.")
    if quantity == 0:
        line.delete()
        return _touched(cart)
    _check(quantity, added=quantity)
    line.quantity = quantity
    line.save()
    return _touched(cart)


@_for_the_house
def accept_prices(*, cart_id: UUID, prices: dict[UUID, Money]) -> None:
    """Show the shopper these prices (by variant) from now on."""
    lines = list(CartLine.objects.filter(cart_id=cart_id, variant_id__in=prices))
    for line in lines:
        line.unit_price_minor = prices[line.variant_id].minor
    CartLine.objects.bulk_update(lines, ["unit_price_minor"])


def prices_today(variant_ids: list[UUID], currency: str) -> dict[UUID, Money]:
    """What these variants cost now, those that are sold in this currency. One query."""
    found = Price.objects.at().filter(
        variant_id__in=variant_ids,
        currency=currency,
        variant__is_active=True,
        variant__product__status=ProductStatus.ACTIVE,
        variant__vendor__status=VendorStatus.ACTIVE,
    )
    return {price.variant_id: price.amount for price in found}


def _open(token: str) -> Cart:
    cart = locks.lock_cart(token_digest(token))
    if cart.state == CartState.CONVERTED:
        raise Conflict("This cart has been ordered. Open a new one.")
    return cart


def _sold(variant_id: UUID, currency: str) -> tuple[Variant, Money]:
    price = prices_today([variant_id], currency).get(variant_id)
    if price is None:
        raise Invalid("That is not on sale.", details={"variant": [f"Not on sale in {currency}."]})
    return Variant.objects.get(pk=variant_id), price


def _check(quantity: int, *, added: int) -> None:
    if added < 1 or quantity > MOST_PIECES:
        raise Invalid(
            "The quantity is out of range.", details={"quantity": [f"1 to {MOST_PIECES} pieces."]}
        )


def _touched(cart: Cart) -> Cart:
    """An abandoned cart that is used again is open again."""
    cart.state = CartState.OPEN
    cart.save(update_fields=["state", "updated_at"])
    return cart
