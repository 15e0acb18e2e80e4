"""Serializer fields of the house: money, strict texts, free JSON."""

import re
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.money import Money, MoneyError

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Input(serializers.Serializer[Any]):
    """What a door takes. A name nobody declared is refused by name, also in nested Inputs."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse unknown names before reading the known ones."""
        if isinstance(data, dict):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError(
                    {str(name)[:64]: ["This field is not known here."] for name in unknown}
                )
        return super().to_internal_value(data)


@extend_schema_field({"$ref": "#/components/schemas/MoneyInput"})
class MoneyField(serializers.Field[Any, Any, Any, Any]):
    """`{"amount": "12.34", "currency": "EUR"}` to Money and back. Amounts are strings; a JSON
    number is taken too, as it was written.

    `positive=True` refuses zero and less; `negative=False` (default) refuses less than zero.
    """

    default_error_messages = {
        "shape": 'Money is {{"amount": "12.34", "currency": "EUR"}}.',
        "negative": "The amount must not be negative.",
        "positive": "The amount must be more than nothing.",
    }

    def __init__(self, *, negative: bool = False, positive: bool = False, **kwargs: Any) -> None:
        self.allows_negative = negative
        self.positive = positive
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Money:
        """Read money. Never rounds; floats and unknown currencies are refused."""
        if not isinstance(data, dict) or set(data) != {"amount", "currency"}:
            self.fail("shape")
        amount, currency = data["amount"], data["currency"]
        if not isinstance(amount, str | int | Decimal) or isinstance(amount, bool):
            self.fail("shape")
        if not isinstance(currency, str) or len(str(amount)) > 40:
            self.fail("shape")
        try:
            money = Money.parse(amount, currency)
        except MoneyError as exc:
            raise serializers.ValidationError(str(exc)) from None
        if self.positive and money.minor <= 0:
            self.fail("positive")
        if not self.allows_negative and money.minor < 0:
            self.fail("negative")
        return money

    def to_representation(self, value: Money) -> dict[str, str]:
        """Write money."""
        return value.as_json()


class TextField(serializers.CharField):
    """Text that is text: a number or true is refused rather than turned into one.

    One line without control characters, since names and subjects end up in headers, mails and
    terminals; with `lines=True` line breaks and tabs are part of it.
    """

    default_error_messages = {
        "control": "Give one line, without control characters.",
        "control_in_lines": "Control characters are not taken here.",
    }

    def __init__(self, *, lines: bool = False, **kwargs: Any) -> None:
        self.lines = lines
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Refuse what is not a string, or not of the right kind of characters."""
        if not isinstance(data, str):
            self.fail("invalid")
        text = super().to_internal_value(data)
        if self.lines and _CONTROL_IN_LINES.search(text):
            self.fail("control_in_lines")
        if not self.lines and _CONTROL.search(text):
            self.fail("control")
        return text


class SlugTextField(serializers.SlugField):
    """A slug that is text: the number 7 is refused rather than turned into "7"."""

    def to_internal_value(self, data: Any) -> str:
        """Refuse what is not a string."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeNumberField(serializers.IntegerField):
    """A JSON whole number: no text, no true, no 1.0."""

    def to_internal_value(self, data: Any) -> int:
        """Refuse what is not an int."""
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class TrueFalseField(serializers.BooleanField):
    """true or false; "yes", 1 and "on" are refused."""

    def to_internal_value(self, data: Any) -> bool:
        """Refuse what is not a bool."""
        if type(data) is not bool:
            self.fail("invalid", input=data)
        return data


@extend_schema_field({})
class JsonField(serializers.Field[Any, Any, Any, Any]):
    """Free JSON for a jsonb column: decimals of the parser become plain numbers again.

    `objects_only` refuses anything whose root is not an object.
    """

    default_error_messages = {"object": "Give a JSON object."}

    def __init__(self, *, objects_only: bool = True, **kwargs: Any) -> None:
        self.objects_only = objects_only
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Plain Python that `json.dumps` takes."""
        if self.objects_only and not isinstance(data, dict):
            self.fail("object")
        return plain(data)

    def to_representation(self, value: Any) -> Any:
        """As stored."""
        return value


def plain(value: Any) -> Any:
    """Decimals (the parser's numbers with a point) as floats, for free JSON that is not money."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
