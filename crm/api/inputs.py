"""What bodies about customers may hold. The service checks codes and what is taken."""

from typing import Any

from django.db import models
from rest_framework import serializers

from core.api import Input, JsonField, TextField, WholeNumberField
from crm.enums import CustomerStatus
from crm.models import Customer


def _text(name: str) -> TextField:
    """A text as long as its column."""
    column = Customer._meta.get_field(name)
    assert isinstance(column, models.CharField)  # noqa: S101 - the others have fields of their own
    return TextField(max_length=column.max_length or 0, required=False, allow_blank=True)


class CustomerChange(Input):
    """All fields are optional; what is not given stays as it is."""

    name = _text("name")
    first_name = _text("first_name")
    last_name = _text("last_name")
    company = _text("company")
    email = serializers.EmailField(max_length=254, required=False, allow_null=True)
    phone = _text("phone")
    line1 = _text("line1")
    line2 = _text("line2")
    city = _text("city")
    region = _text("region")
    postal_code = _text("postal_code")
    country = _text("country")
    time_zone = _text("time_zone")
    language = _text("language")
    currency = _text("currency")
    status = serializers.ChoiceField(choices=CustomerStatus.choices, required=False)
    custom = JsonField(required=False)
    external_platform = _text("external_platform")
    external_id = _text("external_id")
    version = WholeNumberField(
        required=False, min_value=1, help_text="As read; refused when it changed meanwhile"
    )


class NewCustomer(CustomerChange):
    """A new customer has at least a name, a company or an address."""

    version = None  # type: ignore[assignment]  # there is none yet

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Nobody at all is no customer."""
        if not any(attrs.get(name) for name in ("name", "last_name", "company", "email")):
            raise serializers.ValidationError(
                {"name": ["Give a name, a company or an e-mail address."]}
            )
        return attrs


class NewAssignment(Input):
    """The agent who looks after the customer from now on."""

    user = serializers.UUIDField()
