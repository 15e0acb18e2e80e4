"""Figures as the admin's chart component wants them: JSON for a canvas."""

import json

from analytics.figures import Day

COLOURS = ["var(--color-primary-600)", "var(--color-primary-300)", "var(--color-base-400)"]


def orders_per_day(days: list[Day]) -> str:
    """Bars, one a day."""
    bars = {
        "label": "Orders",
        "data": [day.orders for day in days],
        "backgroundColor": COLOURS[0],
        "maxTicksXLimit": 8,
        "displayYAxis": True,
    }
    return json.dumps({"labels": _labels(days), "datasets": [bars]})


def revenue_per_day(days: list[Day], currencies: list[str]) -> str:
    """A line a currency: amounts of different currencies are drawn, never added."""
    lines = [
        {
            "label": currency,
            "data": [
                float(day.revenue[currency].decimal) if currency in day.revenue else 0.0
                for day in days
            ],
            "borderColor": colour,
            "backgroundColor": colour,
            "maxTicksXLimit": 8,
            "displayYAxis": True,
        }
        for currency, colour in zip(currencies, COLOURS, strict=False)
    ]
    return json.dumps({"labels": _labels(days), "datasets": lines})


LEGEND = json.dumps(
    {
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "plugins": {"legend": {"display": True, "align": "end"}},
        "scales": {"y": {"beginAtZero": True}},
    }
)


def _labels(days: list[Day]) -> list[str]:
    return [f"{day.day:%-d %b}" for day in days]
