"""Made-up exchange rates for the demo's two years: the bank's take their place when they come."""

import math
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from commerce.enums import RateSource, RateState
from commerce.models import ExchangeRate
from commerce.services.rates.record import write_rates
from core.identity import acting_as_system

DAYS = 740
FRIDAY = 4
# What a euro is about, and by how much of itself it wanders over the year.
ABOUT = {
    "USD": ("1.0850", 0.04), "GBP": ("0.8530", 0.02), "INR": ("90.40", 0.05),
    "JPY": ("162.30", 0.06),
    "AED": ("3.9850", 0.04), "KES": ("140.20", 0.05), "NGN": ("1710.00", 0.08),
    "GHS": ("13.20", 0.07), "ZAR": ("19.90", 0.05), "CAD": ("1.4820", 0.03),
    "AUD": ("1.6480", 0.04), "CHF": ("0.9610", 0.02), "KWD": ("0.3331", 0.02),
    "MAD": ("10.80", 0.02), "XOF": ("655.957", 0.0), "SGD": ("1.4570", 0.02),
}  # fmt: skip


def make_rates(*, today: date) -> int:
    """Rates of working days for currencies that have none; returns how many were new."""
    with acting_as_system("demo"), transaction.atomic():
        known = set(ExchangeRate.objects.values_list("currency", flat=True).distinct())
        fresh = [
            (
                day,
                currency,
                _figure(day, Decimal(about), swing),
                RateState.IN_FORCE.value,
                "",
                RateSource.DEMO.value,
            )
            for currency, (about, swing) in ABOUT.items()
            if currency not in known
            for day in (today - timedelta(days=back) for back in range(DAYS))
            if day.weekday() <= FRIDAY
        ]
        write_rates(fresh)
    return len(fresh)


def _figure(day: date, about: Decimal, swing: float) -> Decimal:
    moved = 1 + swing * math.sin(day.toordinal() / 60) + swing / 8 * math.sin(day.toordinal() / 5)
    return round(about * Decimal(str(round(moved, 6))), 4)
