"""carts/{token}/coupon/ and carts/{token}/shipping-methods/; where a cart goes."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce import limits
from commerce.addresses import LONGEST, problem_with
from commerce.api.cart_json import CART_SCHEMA, cart_json
from commerce.api.figures import WAY, way_json
from commerce.models.coupon import LONGEST_CODE
from commerce.pricing.shipping import Destination
from commerce.services.carts import find_cart
from commerce.services.quotes import carts as cart_figures
from core.api.fields import Input, TextField
from core.api.views import ApiView
from core.errors import Invalid
from core.requests.client import client_address

PLACE = ("country", "region", "postal_code")


class WishesInput(Input):
    """Where the cart goes and how; what is not given stays. Region and postal code belong to the
    country that is sent with them."""

    country = TextField(max_length=2, required=False)
    region = TextField(max_length=LONGEST["region"], required=False, allow_blank=True)
    postal_code = TextField(max_length=LONGEST["postal_code"], required=False, allow_blank=True)
    shipping_method = TextField(max_length=60, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Real countries, and no region of nowhere."""
        if set(attrs) & {"region", "postal_code"} and "country" not in attrs:
            raise serializers.ValidationError({"country": ["Name the country with it."]})
        wrong = {part: [why] for part in PLACE if (why := problem_with(part, attrs.get(part, "")))}
        if "country" in attrs and wrong:
            raise serializers.ValidationError(wrong)
        return attrs


def destination_of(given: dict[str, Any]) -> Destination | None:
    """The place in a request, if one is named."""
    if "country" not in given:
        return None
    return Destination(**{part: given.get(part, "").strip() for part in PLACE})


class CodeInput(Input):
    """A coupon's code; capitals do not matter."""

    code = TextField(max_length=LONGEST_CODE)


class CartCouponView(ApiView):
    """The codes of a cart."""

    public = True
    input = {"POST": CodeInput}
    output = {"POST": (200, CART_SCHEMA), "DELETE": (200, CART_SCHEMA)}

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add one; a 400 says why it does not count."""
        given = self.valid()
        limits.COUPON.spend(client_address(request.META))
        cart = cart_figures.add_code(token=kwargs["token"], code=given["code"])
        return Response(cart_json(cart, token=kwargs["token"]))

    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take all of them off."""
        cart = cart_figures.take_codes_off(token=kwargs["token"])
        return Response(cart_json(cart, token=kwargs["token"]))


class CartShippingView(ApiView):
    """How a cart can be sent."""

    public = True
    output = {"type": "array", "items": WAY}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Each way to where the cart goes and its price, cheapest first; none for goods that are
        not sent. 400 until the cart knows where it goes."""
        offer = cart_figures.ways_of(find_cart(token=kwargs["token"]))
        if offer.destination is None:
            raise Invalid(
                "Say first where it goes.", details={"country": ["PATCH the cart with one."]}
            )
        return Response([way_json(option) for option in offer.options])
