"""The link in a reminder: signed, good for as long as carts are kept, opening one cart.

It is no token: opening it with the API gives a fresh one. No table holds what it is made with.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from commerce.models import Cart
from commerce.services.carts.items import refuse_ended
from commerce.services.carts.tokens import for_the_house, new_key
from core.errors import NotFound

SALT = "commerce.cart"


def cart_key(cart_id: UUID) -> str:
    """What stands in the link."""
    return signing.dumps(cart_id.hex, salt=SALT)


def cart_link(cart_id: UUID) -> str:
    """Where a shopper finds the cart again: the shop front's page, or our own."""
    key = cart_key(cart_id)
    if settings.CART_PAGE:
        return str(settings.CART_PAGE).replace("{key}", key)
    return settings.BASE_URL + reverse("cart-page", args=[key])


def cart_of_key(key: str) -> UUID:
    """The cart a link leads to. Raises NotFound for one that is not ours or too old."""
    try:
        said = signing.loads(key, salt=SALT, max_age=timedelta(days=settings.CART_KEPT_DAYS))
        return UUID(said)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound("This link is not good any more.") from None


@for_the_house
def reopen_cart(*, key: str) -> tuple[Cart, str]:
    """The cart a link leads to, and a token that opens it. Raises NotFound, Conflict for a cart
    that has ended."""
    cart = Cart.objects.filter(pk=cart_of_key(key)).first()
    if cart is None:
        raise NotFound("This link is not good any more.")
    refuse_ended(cart)
    return cart, new_key(cart)


@for_the_house
def cart_to_show(*, key: str) -> Cart:
    """The same for looking only. Raises NotFound."""
    cart = Cart.objects.select_related("order").filter(pk=cart_of_key(key)).first()
    if cart is None:
        raise NotFound("This link is not good any more.")
    return cart
