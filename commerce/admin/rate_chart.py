"""The course of one currency, drawn above the list of rates."""

import json
from datetime import timedelta
from typing import Any

from django.db.models import Max
from django.utils.formats import date_format

from commerce.enums import RateState
from commerce.models import ExchangeRate
from core.admin.chart_looks import FAINT, GREY, NO_GRID

DAYS = 180


def chart_of(currency: str) -> dict[str, Any] | None:
    """Data and look of half a year up to the newest rate; None for what has no rates."""
    in_force = ExchangeRate.objects.filter(currency=currency, state=RateState.IN_FORCE)
    newest = in_force.aggregate(newest=Max("day"))["newest"]
    if newest is None:
        return None
    rows = list(
        in_force.filter(day__gt=newest - timedelta(days=DAYS))
        .order_by("day")
        .values_list("day", "per_euro")
    )
    line = {
        "label": currency,
        "data": [float(per_euro) for _, per_euro in rows],  # for the eye only
        "borderColor": "var(--color-primary-600)",
        "backgroundColor": "var(--color-primary-600)",
    }
    labels = [date_format(day, "j M") for day, _ in rows]
    return {
        "currency": currency,
        "data": json.dumps({"labels": labels, "datasets": [line]}),
        "look": json.dumps(_look()),
    }


def _look() -> dict[str, Any]:
    ticks = {"color": GREY, "maxTicksLimit": 7, "maxRotation": 0}
    return {
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "interaction": {"mode": "index", "intersect": False},
        "plugins": {"legend": {"display": False}},
        "elements": {"point": {"radius": 0}, "line": {"borderWidth": 2}},
        "scales": {
            "x": {"ticks": ticks, "border": {"width": 0}, "grid": NO_GRID},
            "y": {"ticks": ticks, "border": {"width": 0}, "grid": FAINT},
        },
    }
