"""Figures as the admin's chart component wants them: JSON for a canvas."""

import json
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics.figures import Day

BRAND = "var(--color-primary-600)"
# 4 px bars are thin for a week: so wide, at most, for so many days
WIDEST = {7: 28, 30: 10, 90: 4}


def orders_per_day(days: list[Day]) -> str:
    """Bars, one a day."""
    return _chart(days, _("Orders"), [day.orders for day in days])


def revenue_per_day(days: list[Day], currency: str) -> str:
    """Bars of one currency: amounts of two have no common axis."""
    amounts = [
        float(day.revenue[currency].decimal) if currency in day.revenue else 0.0 for day in days
    ]
    return _chart(days, currency, amounts)


def _chart(days: list[Day], label: str, values: list[Any]) -> str:
    bars = {
        "label": label,
        "data": values,
        "backgroundColor": BRAND,
        "maxBarThickness": WIDEST.get(len(days), 4),
        "borderRadius": 4,
        "borderSkipped": "bottom",
        "maxTicksXLimit": 8,
        "displayYAxis": True,
    }
    labels = [date_format(day.day, "j M") for day in days]
    return json.dumps({"labels": labels, "datasets": [bars]})
