"""The shop's own fields of a customer: names and plain values, small enough to live in the row."""

import re
from typing import Any

from core.errors import Invalid

MAX_FIELDS = 50
MAX_TEXT = 1_000
NAME = re.compile(r"^[a-z][a-z0-9_]{0,49}$")


def check_custom_fields(custom: Any) -> None:
    """Raise Invalid unless `custom` is an object of few plain values under plain names."""
    if not isinstance(custom, dict):
        raise _invalid("Custom fields are an object of names and values.")
    if len(custom) > MAX_FIELDS:
        raise _invalid(f"At most {MAX_FIELDS} custom fields.")
    for name, value in custom.items():
        if not NAME.match(name):
            raise _invalid(
                f"{name[:60]!r} is no field name: small letters, digits and _, at most 50."
            )
        if not isinstance(value, (str, int, float, bool, type(None))):
            raise _invalid(f"{name} must be a text, a number, true, false or null.")
        if isinstance(value, str) and len(value) > MAX_TEXT:
            raise _invalid(f"{name} is longer than {MAX_TEXT} characters.")


def _invalid(reason: str) -> Invalid:
    return Invalid(f"custom: {reason}", details={"custom": [reason]})
