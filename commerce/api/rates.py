"""exchange-rates/ and exchange-rates/convert/. Public: the bank's rates are, and shop fronts show
prices by them. Why a rate was set by hand, and held ones, are for staff (admin)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.enums import RateState
from commerce.models import ExchangeRate
from commerce.services.rates.lookup import convert_on
from core.api.lists import ListView
from core.api.rows import Rows, made
from core.api.schema.shapes import MONEY
from core.api.views import ApiView
from core.errors import Invalid
from core.money import Money, MoneyError

RATE_SCHEMA = {"type": "string", "format": "decimal", "description": "Plain digits, no exponent"}


def plain(rate: Decimal) -> str:
    """Without the zeros a column is filled up with."""
    return f"{rate.normalize():f}"


RATES = Rows(
    columns={
        "date": "day", "currency": "currency", "source": "source",
        "per_euro": made(plain, "per_euro", schema=RATE_SCHEMA),
    },
    model=ExchangeRate,
)  # fmt: skip

CONVERTED: dict[str, Any] = {
    "type": "object",
    "required": ["amount", "converted", "rate", "date", "source"],
    "additionalProperties": False,
    "properties": {
        "amount": MONEY,
        "converted": MONEY,
        "rate": RATE_SCHEMA | {"description": "So many of the one for one of the other"},
        "date": {
            "type": "string",
            "format": "date",
            "description": "The rate's own day: the last before a weekend or holiday",
        },
        "source": {"type": "string", "enum": ["ecb", "manual", "demo", "euro", "same"]},
    },
}


class RatesView(ListView):
    """Rates in force, newest first: one euro was so many of a currency on a day."""

    public = {"GET"}
    rows = RATES
    filters = {"date": "day", "currency": "currency"}
    ordering = ("date", "currency")
    ordering_sources = {"date": "day"}
    default_ordering = "-date"

    def queryset_for(self, request: Request) -> QuerySet[ExchangeRate]:
        """What is used; held and former figures are not."""
        return ExchangeRate.objects.filter(state=RateState.IN_FORCE)


class ConvertView(ApiView):
    """`?amount=12.34&from=EUR&to=USD&date=2026-11-27`: what that was, at the rate of the day.

    Weekends and holidays take the last rate before them. Without a date: today.
    """

    public = {"GET"}
    output = CONVERTED

    def get(self, request: Request) -> Response:
        """Rounded once, half up, to the digits of the currency."""
        asked = request.query_params
        amount = _amount(asked.get("amount", ""), asked.get("from", ""))
        found = convert_on(amount=amount, to=asked.get("to", ""), day=_day(asked.get("date")))
        return Response(
            {
                "amount": amount.as_json(),
                "converted": found.amount.as_json(),
                "rate": plain(found.rate),
                "date": found.day,
                "source": found.source,
            }
        )


def _amount(text: str, currency: str) -> Money:
    try:
        return Money.parse(text, currency)
    except MoneyError as error:
        field = "amount" if currency.isalpha() and len(currency) == 3 else "from"
        raise Invalid(str(error), details={field: [str(error)]}) from None


def _day(text: str | None) -> date:
    if text is None:
        return timezone.now().date()
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Invalid("Which day?", details={"date": ["A day such as 2026-11-27."]})
    return day
