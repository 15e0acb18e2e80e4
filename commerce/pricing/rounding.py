"""The one way figures are rounded: once a line, to the currency's smallest unit, half up."""

from decimal import Decimal

from core.money import exponent

WHOLE = 1_000_000  # a percentage with four digits after the point is so many parts of 100 %


def parts_per_million(percent: Decimal) -> int:
    """19.0000 % is 190,000 millionths. Raises ValueError for more than four digits."""
    parts = percent * 10_000
    if parts != parts.to_integral_value():
        raise ValueError(f"{percent} has more than four digits after the point.")
    return int(parts)


def half_up(numerator: int, denominator: int) -> int:
    """The quotient of two numbers that are not negative, exact until here."""
    return (2 * numerator + denominator) // (2 * denominator)


def payable(numerator: int, denominator: int, currency: str) -> int:
    """The quotient as something that is charged. Of a currency with three digits no gateway takes
    the last one (payments/gateways/minor_units.py), so it is a whole ten: 0.062 dinars of tax would
    be an order that nobody can pay."""
    step = 10 ** max(0, exponent(currency) - 2)
    return half_up(numerator, denominator * step) * step


def percent_text(percent: Decimal) -> str:
    """A percentage without idle zeros: "19", "8.875"."""
    return f"{percent.normalize():f}"
