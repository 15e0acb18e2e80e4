"""POST orders/: an order that staff take for somebody."""

from typing import Any

from rest_framework import serializers

from commerce.addresses import Address
from commerce.api.addresses import AddressInput
from commerce.models.cart import MOST_PIECES
from commerce.services.carts import MOST_LINES
from commerce.services.orders.on_phone import Taken
from commerce.services.quotes.coupons import MOST_CODES
from core.api.fields import Input, MoneyField, TextField, WholeNumberField
from core.errors import Invalid


class TakenPieceInput(Input):
    """So many of a variant."""

    variant = serializers.UUIDField()
    quantity = WholeNumberField(min_value=1, max_value=MOST_PIECES)


class TakenInput(Input):
    """Whose order, what, where to, with which codes. Codes and ways as at checkout; nothing is
    asked to be paid: `payment-request/` does."""

    customer = serializers.UUIDField(required=False, allow_null=True, default=None)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True, default="")
    currency = TextField(max_length=3)
    lines = serializers.ListField(child=TakenPieceInput(), allow_empty=False, max_length=MOST_LINES)
    shipping_address = AddressInput()
    billing_address = AddressInput(required=False, allow_null=True, default=None)
    shipping_method = TextField(max_length=60, required=False, allow_blank=True, default="")
    coupon_codes = serializers.ListField(
        child=TextField(max_length=40), required=False, max_length=MOST_CODES, default=list
    )
    language = TextField(max_length=10, required=False, allow_blank=True, default="")
    notes = TextField(max_length=4000, lines=True, required=False, allow_blank=True, default="")
    expected_total = MoneyField(required=False, allow_null=True, default=None)


def taken_of(given: dict[str, Any]) -> Taken:
    """Raises Invalid for a variant that is named twice."""
    pieces = {one["variant"]: one["quantity"] for one in given["lines"]}
    if len(pieces) < len(given["lines"]):
        raise Invalid("Name each thing once.", details={"lines": ["A variant is named twice."]})
    billing = given["billing_address"]
    return Taken(
        pieces=pieces,
        currency=given["currency"],
        shipping_address=Address(**given["shipping_address"]),
        email=given["email"],
        customer_id=given["customer"],
        billing_address=Address(**billing) if billing else None,
        shipping_method=given["shipping_method"],
        coupon_codes=given["coupon_codes"],
        language=given["language"],
        notes=given["notes"],
    )
