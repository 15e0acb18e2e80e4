"""Who may open a cart: whoever holds one of its tokens, 128 random bits each.

Only their SHA-256 is kept and looked up by, so a leaked table opens nothing, and how long a look-up
takes says nothing of a token.
"""

import hashlib
import secrets
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from commerce.models import Cart, CartKey
from commerce.models.cart import LIVE
from core.errors import Invalid, NotFound
from core.identity import acting_as_system
from core.money import CURRENCIES

TOKEN_BYTES = 16  # 128 random bits
MOST_KEYS = 20  # devices and links that open one cart

P = ParamSpec("P")
R = TypeVar("R")


def for_the_house(service: Callable[P, R]) -> Callable[P, R]:
    """Run as the house, in one transaction: whoever holds the token is let in by it."""

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with acting_as_system("cart"), transaction.atomic():
            return service(*args, **kwargs)

    return run


def token_digest(token: str) -> bytes:
    """What is stored of a token: a leaked table opens no cart."""
    return hashlib.sha256(token.encode()).digest()


@for_the_house
def open_cart(*, currency: str = "", user_id: UUID | None = None) -> tuple[Cart, str]:
    """A new, empty cart and the token that opens it, which is told this once.

    A user has one cart a currency: theirs is opened again, by a token of its own. Raises Invalid
    for a currency nobody knows.
    """
    currency = currency or settings.BASE_CURRENCY
    check_currency(currency)
    cart = live_cart(user_id, currency) if user_id else None
    if cart is not None:
        return cart, new_key(cart)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    made = Cart(token_hash=token_digest(token), currency=currency, user_id=user_id)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:  # the same user's other device was quicker
        cart = live_cart(user_id, currency) if user_id else None
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


def live_cart(user_id: UUID, currency: str) -> Cart | None:
    """The user's cart of a currency, locked."""
    live = Cart.objects.select_for_update(of=("self",))
    return live.filter(user_id=user_id, currency=currency, state__in=LIVE).first()


@for_the_house
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


def check_currency(currency: str) -> None:
    """Raise Invalid for a currency nobody knows."""
    if currency not in CURRENCIES:
        raise Invalid(
            "Give a currency code such as EUR.", details={"currency": ["Not a currency code."]}
        )
