"""From one currency into another at two rates against the euro. Pure, exact, rounded once.

Always through the euro, half up and never by a rounded cross rate: Regulation (EC) 1103/97,
articles 4 and 5, asks for both. A negative amount mirrors the positive one, so that what goes back
weighs what came. The database does the same for orders (migration exchange_rates); a test holds
both alike.
"""

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from core.money import Money, exponent

EURO = "EUR"
DIGITS = 18  # after the point, of a cross rate that is shown or kept


def convert(amount: Money, to: str, *, from_per_euro: Decimal, to_per_euro: Decimal) -> Money:
    """`amount` in the currency `to`; each rate says how many of a currency one euro is.

    Raises MoneyError for a currency nobody knows, ValueError for a rate that is not positive.
    """
    if from_per_euro <= 0 or to_per_euro <= 0:
        raise ValueError("A rate is more than nothing.")
    if amount.currency == to:
        return amount
    exact = abs(amount.minor) * Fraction(to_per_euro) / Fraction(from_per_euro)
    exact *= Fraction(10) ** (exponent(to) - exponent(amount.currency))
    minor = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return Money(minor if amount.minor >= 0 else -minor, to)


def cross_rate(*, from_per_euro: Decimal, to_per_euro: Decimal) -> Decimal:
    """So many of the one currency for one of the other, to be shown: amounts are converted by
    the two rates themselves."""
    wide = Context(prec=60).divide(to_per_euro, from_per_euro)
    return wide.quantize(Decimal(1).scaleb(-DIGITS), ROUND_HALF_UP, Context(prec=60))
