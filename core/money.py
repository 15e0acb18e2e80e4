"""Money: an integer of the currency's smallest unit. It cannot mix currencies or lose a unit.

Decimals appear only at the edges, through the currency's own exponent (JPY 0, EUR 2, KWD 3; ISO
4217). What a gateway calls the smallest unit is another matter: payments/gateways/minor_units.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import accumulate, pairwise
from typing import Any

from babel.core import get_global
from django.core.validators import RegexValidator
from django.db import models

MAX_MINOR = 10**15  # far above any order, far below what bigint sums could overflow
PLAIN_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?")

# ISO 4217, not CLDR: CLDR knows how many digits people write, ISO how many there are.
_ISO_EXPONENTS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4,
}  # fmt: skip
_ISSUED_BY_NOBODY = "X"  # XAU, XTS, XXX ...: metals, tests, no currency at all
_SHARED = {"XAF", "XOF", "XPF", "XCD"}  # issued by several countries together
CURRENCIES: frozenset[str] = frozenset(
    code
    for code in get_global("all_currencies")
    if code in _SHARED or not code.startswith(_ISSUED_BY_NOBODY)
)


class MoneyError(ValueError):
    """Amounts that cannot be what they claim to be."""


class CurrencyMismatch(MoneyError):
    """Two currencies in one sum."""


def exponent(currency: str) -> int:
    """Digits after the point (ISO 4217). Raises MoneyError for a currency nobody knows."""
    if currency not in CURRENCIES:
        raise MoneyError(f"{currency!r} is not a currency code such as EUR.")
    return _ISO_EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` smallest units of `currency`: Money(1234, "EUR") is 12.34 euro."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise MoneyError(f"Minor units are whole numbers, not {self.minor!r}.")
        exponent(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in a currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, amount: str | Decimal | int, currency: str) -> Money:
        """From a decimal amount at the edge ("12.34"). Never rounds.

        Text is plain digits: no exponent, no `1_000`, no digits of other scripts, all of which
        Python's Decimal would read. Raises MoneyError for floats, NaN, too many digits after the
        point, or absurd sizes.
        """
        if isinstance(amount, float):
            raise MoneyError("Amounts are decimal strings, not binary floats.")
        try:
            value = Decimal(str(amount).strip())
        except InvalidOperation:
            raise MoneyError(f"{amount!r} is not a decimal amount.") from None
        if not value.is_finite() or abs(value.adjusted()) > 30:
            raise MoneyError(f"{amount!r} is not a usable amount.")
        if isinstance(amount, str) and not PLAIN_AMOUNT.fullmatch(amount.strip()):
            raise MoneyError(f"{amount!r} is not a decimal amount.")
        digits = exponent(currency)
        minor = value.scaleb(digits)
        if minor != minor.to_integral_value():
            raise MoneyError(f"{currency} has {digits} digits after the point, {amount} has more.")
        if abs(minor) > MAX_MINOR:
            raise MoneyError(f"{amount} {currency} is more than Tradewind books.")
        return cls(int(minor), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount as people write it, with all digits of its currency."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def as_json(self) -> dict[str, str]:
        """The shape of money in every answer: {"amount": "12.34", "currency": "EUR"}."""
        return {"amount": f"{self.decimal:f}", "currency": self.currency}

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> Money:
        if type(count) is not int:
            raise MoneyError("Money is multiplied by whole counts; use split() for shares.")
        return Money(self.minor * count, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.currency}"

    @property
    def readable(self) -> str:
        """With its thousands apart, for pages: "1,010.00 EUR"."""
        return f"{self.decimal:,f} {self.currency}"

    def split(self, weights: list[int]) -> list[Money]:
        """Share out every minor unit by weight, so that the parts add up to the whole.

        Raises MoneyError when there is nothing to share by.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise MoneyError("Weights must not be negative and must add up to more than nothing.")
        edges = [running * self.minor // total for running in accumulate(weights, initial=0)]
        return [Money(high - low, self.currency) for low, high in pairwise(edges)]

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self} and {other} are different currencies.")
        return other


class CurrencyField(models.CharField):
    """An ISO 4217 code, upper case."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 3
        kwargs.setdefault("validators", [RegexValidator(r"^[A-Z]{3}$", "Three capital letters.")])
        super().__init__(*args, **kwargs)


class MinorUnitsField(models.BigIntegerField):
    """An amount in minor units of the row's `currency`."""
