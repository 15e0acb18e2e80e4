"""What the doors of payments take."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import Input, TextField
from core.api.schema.shapes import AMOUNT_INPUT
from core.money import Money, MoneyError
from payments.addresses import is_ours
from payments.api.gateway_field import GatewayField


@extend_schema_field(AMOUNT_INPUT)
class AmountField(serializers.Field[Any, Any, Any, Any]):
    """A decimal amount as text ("12.34"). The currency stands beside it."""

    default_error_messages = {"text": 'An amount is text such as "12.34".'}

    def to_internal_value(self, data: Any) -> str:
        """The digits; what they mean is known with the currency."""
        if isinstance(data, bool) or not isinstance(data, str | int | Decimal):
            self.fail("text")
        if len(str(data)) > 40:
            self.fail("text")
        return str(data)

    def to_representation(self, value: Any) -> str:
        """As given."""
        return str(value)


class NewPayment(Input):
    """A payment without an order behind it."""

    email = serializers.EmailField(max_length=254)
    amount = AmountField()
    currency = TextField(max_length=3)
    gateway = GatewayField()
    description = TextField(max_length=200, required=False, default="")
    success_url = TextField(max_length=500, required=False, default="")
    cancel_url = TextField(max_length=500, required=False, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Amount and currency become Money; addresses must be ours."""
        try:
            money = Money.parse(attrs["amount"], attrs.pop("currency"))
        except MoneyError as error:
            raise serializers.ValidationError({"amount": [str(error)]}) from None
        if money.minor <= 0:
            raise serializers.ValidationError({"amount": ["More than nothing."]})
        for name in ("success_url", "cancel_url"):
            if attrs[name] and not is_ours(attrs[name]):
                raise serializers.ValidationError({name: ["Not an address of this shop."]})
        return attrs | {"amount": money}
