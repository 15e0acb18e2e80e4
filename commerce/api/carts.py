"""carts/, carts/{token}/, carts/{token}/items/ and carts/{token}/items/{variant}/."""

from typing import Any

from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.cart_json import CART_SCHEMA, cart_json
from commerce.models.cart import MOST_PIECES
from commerce.services import carts
from core.api.fields import Input, TextField, WholeNumberField
from core.api.views import ApiView


class CartInput(Input):
    """A new cart; without a currency, the shop's own."""

    currency = TextField(max_length=3, required=False, default="")


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
    output = CART_SCHEMA

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What is in it."""
        token = kwargs["token"]
        return Response(cart_json(carts.find_cart(token=token), token=token))


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
