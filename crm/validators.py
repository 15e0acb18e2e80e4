"""What a customer's codes may be."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from core.money import CURRENCIES
from core.time_zones import time_zones

COUNTRY_CODE = RegexValidator(r"^[A-Z]{2}$", "Two capital letters (ISO 3166), such as DE.")
LANGUAGE_TAG = RegexValidator(
    r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$", "A language tag (BCP 47), such as de or pt-BR."
)


def known_time_zone(name: str) -> None:
    """A name of the time zone database."""
    if name not in time_zones():
        raise ValidationError("A time zone such as Europe/Berlin.")


def known_currency(code: str) -> None:
    """A currency that exists (ISO 4217)."""
    if code not in CURRENCIES:
        raise ValidationError("A currency code such as EUR.")
