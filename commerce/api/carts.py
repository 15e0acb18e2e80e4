"""carts/, carts/{token}/, carts/{token}/items/ and carts/{token}/items/{variant}/."""

from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.cart_json import CART_SCHEMA, cart_json
from commerce.api.cart_wishes import WishesInput, destination_of
from commerce.models.cart import MOST_PIECES
from commerce.services import carts
from commerce.services.carts.claim import claim_cart
from commerce.services.carts.details import change_cart
from commerce.services.carts.links import reopen_cart
from commerce.services.quotes.carts import send_to
from core.api.fields import Input, TextField, TrueFalseField, WholeNumberField
from core.api.views import ApiView

DETAILS = ("email", "reminders", "currency")
CLAIMED_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["cart", "notes"],
    "additionalProperties": False,
    "properties": {
        "cart": CART_SCHEMA,
        "notes": {
            "type": "array",
            "description": "What did not go into the cart as it was",
            "items": {
                "type": "object",
                "required": ["about", "variant", "sku", "message"],
                "additionalProperties": False,
                "properties": {
                    "about": {
                        "type": "string",
                        "enum": ["item", "destination", "shipping_method", "coupon"],
                    },
                    "variant": {"type": "string", "format": "uuid", "nullable": True},
                    "sku": {
                        "type": "string",
                        "nullable": True,
                        "description": "Of an item; null for what else was wished",
                    },
                    "message": {"type": "string"},
                },
            },
        },
    },
}


class CartInput(Input):
    """A new cart; without a currency, the shop's own."""

    currency = TextField(max_length=3, required=False, default="")


class DetailsInput(WishesInput):
    """What is said of a cart, and where it goes; what is left out stays."""

    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    reminders = TrueFalseField(required=False)
    currency = TextField(max_length=3, required=False)


class KeyInput(Input):
    """What stands in the link of a reminder."""

    key = TextField(max_length=200)


class ItemInput(Input):
    """So many more of a variant."""

    variant = serializers.UUIDField()
    quantity = WholeNumberField(min_value=1, max_value=MOST_PIECES, required=False, default=1)


class QuantityInput(Input):
    """Exactly so many; 0 takes it out."""

    quantity = WholeNumberField(min_value=0, max_value=MOST_PIECES)


class CartsView(ApiView):
    """Open a cart. Its token is told once and is all that opens it."""

    public = True
    input = CartInput
    output = CART_SCHEMA

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Open one."""
        user_id = request.user.pk if request.user.is_authenticated else None
        cart, token = carts.open_cart(currency=self.valid()["currency"], user_id=user_id)
        return Response(cart_json(cart, token=token), status=status.HTTP_201_CREATED)


class CartView(ApiView):
    """One cart."""

    public = True
    input = {"PATCH": DetailsInput}
    output = CART_SCHEMA

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What is in it."""
        token = kwargs["token"]
        return Response(cart_json(carts.find_cart(token=token), token=token))

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Leave an address, say yes or no to one reminder, have it in another currency, sent
        elsewhere or another way."""
        token = kwargs["token"]
        given = self.valid(partial=True)
        destination = destination_of(given)
        details = {name: given[name] for name in DETAILS if name in given}
        cart = change_cart(token=token, language=get_language() or "en", **details)
        if destination is not None or "shipping_method" in given:
            cart = send_to(
                token=token, destination=destination, shipping_method=given.get("shipping_method")
            )
        return Response(cart_json(cart, token=token))


class ClaimView(ApiView):
    """What a shopper filled before the login becomes theirs."""

    scopes = {"POST": "profile:write"}
    output = {"POST": (200, CLAIMED_SCHEMA)}

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take the cart over, or have it join one's own; go on with the token that is answered."""
        claimed = claim_cart(token=kwargs["token"], user_id=UUID(str(request.user.pk)))
        answer = cart_json(claimed.cart, token=claimed.token)
        return Response({"cart": answer, "notes": claimed.notes})


class RestoreView(ApiView):
    """From the link in a reminder back to the cart."""

    public = True
    input = KeyInput
    output = {"POST": (200, CART_SCHEMA)}

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Open it again; a fresh token is told."""
        cart, token = reopen_cart(key=self.valid()["key"])
        return Response(cart_json(cart, token=token))


class CartItemsView(ApiView):
    """What a cart holds."""

    public = True
    input = ItemInput
    output = CART_SCHEMA

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put something in."""
        given = self.valid()
        token = kwargs["token"]
        cart = carts.add_item(token=token, variant_id=given["variant"], quantity=given["quantity"])
        return Response(cart_json(cart, token=token), status=status.HTTP_201_CREATED)


class CartItemView(ApiView):
    """One line of a cart, named by its variant."""

    public = True
    input = {"PATCH": QuantityInput}
    output = {"PATCH": CART_SCHEMA, "DELETE": (200, CART_SCHEMA)}

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Have exactly so many."""
        return self._change(self.valid()["quantity"])

    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take it out."""
        return self._change(0)

    def _change(self, quantity: int) -> Response:
        token = self.kwargs["token"]
        cart = carts.change_item(token=token, variant_id=self.kwargs["variant"], quantity=quantity)
        return Response(cart_json(cart, token=token))
