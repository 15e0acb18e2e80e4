"""What the dashboard says of days, without a database."""

import json
from datetime import date, timedelta

from analytics.charts import orders_per_day, revenue_per_day
from analytics.figures import Day, Reactions, total_revenue
from core.money import Money

FIRST = date(2026, 11, 1)


def day(number: int, **earned: tuple[int, int]) -> Day:
    """A day on which so many orders of a currency brought so many minor units."""
    return Day(
        FIRST + timedelta(days=number),
        orders=sum(count for count, _minor in earned.values()),
        revenue={currency: Money(minor, currency) for currency, (_n, minor) in earned.items()},
        paid={currency: count for currency, (count, _minor) in earned.items()},
    )


def test_the_currency_of_most_paid_orders_comes_first_however_small_its_unit() -> None:
    shown = [day(0, JPY=(1, 900_000), EUR=(2, 5_000)), day(1, EUR=(1, 2_500), USD=(0, 0))]
    assert total_revenue(shown) == [Money(7_500, "EUR"), Money(900_000, "JPY")]


def test_a_chart_has_a_bar_for_each_day_and_one_currency_only() -> None:
    shown = [day(0, EUR=(2, 5_050), JPY=(1, 900)), day(1), day(2, EUR=(1, 100))]
    orders = json.loads(orders_per_day(shown))
    assert orders["labels"] == ["1 Nov", "2 Nov", "3 Nov"]
    assert orders["datasets"][0]["data"] == [3, 0, 1]
    (revenue,) = json.loads(revenue_per_day(shown, "EUR"))["datasets"]
    assert revenue["data"] == [50.5, 0.0, 1.0]


def test_what_still_runs_is_no_failure() -> None:
    seen = Reactions("x", calls=10, dead=1, retrying=6, average_ms=None)
    assert seen.success_percent == 75.0
    assert Reactions("x", calls=2, dead=0, retrying=2, average_ms=None).success_percent == 100.0
