"""What a currency was worth on a day, and amounts at that: reading only."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from commerce.rates.convert import convert, cross_rate
from core.errors import Invalid, NotFound
from core.money import CURRENCIES, Money


@dataclass(frozen=True, slots=True)
class KnownRate:
    """One euro was so many of a currency; `day` is that of the rate, `source` who said it."""

    per_euro: Decimal
    day: date
    source: str


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount in another currency, and by which rate of which day."""

    amount: Money
    rate: Decimal
    day: date
    source: str


def rate_on(*, currency: str, day: date) -> KnownRate | None:
    """The newest rate in force on or before `day`, unless it is too old to be believed: ten days
    for the bank's, a hundred for one set by hand (the database's own rule, `commerce_rate_on`)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT per_euro, day, source FROM commerce_rate_on(%s, %s)", [currency, day]
        )
        per_euro, of_day, source = cursor.fetchone()
    return None if per_euro is None else KnownRate(per_euro, of_day, source)


def convert_on(*, amount: Money, to: str, day: date) -> Converted:
    """`amount` in the currency `to` at the rates of a day.

    Raises Invalid for a currency nobody knows or a day to come, NotFound when no rate of that day
    is known.
    """
    if to not in CURRENCIES:
        raise Invalid("Which currency?", details={"to": ["An ISO 4217 code such as EUR."]})
    if day > timezone.now().date():
        raise Invalid("That day is to come.", details={"date": ["Today or earlier."]})
    if to == amount.currency:
        return Converted(amount, Decimal(1), day, "same")
    mine = _known(amount.currency, day)
    theirs = _known(to, day)
    return Converted(
        convert(amount, to, from_per_euro=mine.per_euro, to_per_euro=theirs.per_euro),
        cross_rate(from_per_euro=mine.per_euro, to_per_euro=theirs.per_euro),
        min(mine.day, theirs.day),
        theirs.source if mine.source == "euro" else mine.source,
    )


def _known(currency: str, day: date) -> KnownRate:
    found = rate_on(currency=currency, day=day)
    if found is None:
        raise NotFound(f"No rate of {currency} is known for {day}.")
    return found
