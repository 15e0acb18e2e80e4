"""carts/{token}/checkout/."""

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.addresses import Address
from commerce.api.addresses import AddressInput
from commerce.api.order_rows import ORDERS, order_json
from commerce.models import Order
from commerce.services.orders.checkout import check_out
from commerce.services.orders.pay import send_to_pay
from core.api.fields import Input, TextField
from core.api.idempotency import idempotent
from core.api.schema.shapes import MONEY, shape_of_rows
from core.api.views import ApiView
from payments.addresses import is_ours
from payments.enums import GatewayName
from payments.models import Payment


class CheckoutInput(Input):
    """Who buys, where it goes, how it is paid."""

    gateway = serializers.ChoiceField(choices=GatewayName.choices)
    email = serializers.EmailField(max_length=254)
    shipping_address = AddressInput()
    billing_address = AddressInput(required=False, allow_null=True, default=None)
    shipping_method = TextField(max_length=60, required=False, allow_blank=True, default="")
    success_url = serializers.URLField(max_length=500, required=False, default="")
    cancel_url = serializers.URLField(max_length=500, required=False, default="")

    def validate_success_url(self, url: str) -> str:
        """Ours, or a stranger could have the gateway send buyers to his own page."""
        return _ours(url)

    def validate_cancel_url(self, url: str) -> str:
        """The same."""
        return _ours(url)


def _ours(url: str) -> str:
    if url and not is_ours(url):
        raise serializers.ValidationError("Not an address of this shop.")
    return url


CHECKOUT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["order", "payment"],
    "additionalProperties": False,
    "properties": {
        "order": shape_of_rows(ORDERS, Order),
        "payment": {
            "description": "Where to send the buyer; null for an order that costs nothing",
            "anyOf": [
                {
                    "type": "object",
                    "required": ["reference", "status", "amount", "gateway", "authorization_url"],
                    "additionalProperties": False,
                    "properties": {
                        "reference": {"type": "string"},
                        "status": {"type": "string"},
                        "amount": MONEY,
                        "gateway": {"type": "string"},
                        "authorization_url": {"type": "string"},
                    },
                },
                {"type": "null"},
            ],
        },
    },
}


class CheckoutView(ApiView):
    """Order what is in the cart. One order a cart, whatever is sent how often.

    The order, its held stock and the pending payment are committed before the gateway is asked:
    a gateway that does not answer is a 502, and the same request again goes on from there.
    """

    public = True
    atomic = False
    input = CheckoutInput
    output = CHECKOUT_SCHEMA

    @idempotent
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Check out, then send the buyer to pay."""
        given = self.valid()
        billing = given["billing_address"]
        order = check_out(
            cart_token=kwargs["token"],
            gateway=given["gateway"],
            email=given["email"],
            shipping_address=Address(**given["shipping_address"]),
            billing_address=Address(**billing) if billing else None,
            shipping_method=given["shipping_method"],
            user=request.user if request.user.is_authenticated else None,
            language=get_language() or "en",
            success_url=given["success_url"],
            cancel_url=given["cancel_url"],
        )
        payment = send_to_pay(order)
        answer = {"order": order_json(order), "payment": _payment_json(payment)}
        return Response(answer, status=status.HTTP_201_CREATED)


def _payment_json(payment: Payment | None) -> dict[str, Any] | None:
    if payment is None:
        return None
    return {
        "reference": payment.reference,
        "status": payment.status,
        "amount": payment.amount.as_json(),
        "gateway": payment.gateway,
        "authorization_url": payment.authorization_url,
    }
