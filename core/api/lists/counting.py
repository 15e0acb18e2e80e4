"""How many rows a list has: exact up to a limit, the planner's estimate beyond it.

An exact count of a large table reads all of it, for a number nobody reads to the last digit.
Estimates are remembered for a few seconds per caller, and nothing is counted meanwhile.
"""

import time
from collections.abc import Hashable, Sequence
from typing import Any

import msgspec
from django.db import connection
from django.db.models import IntegerField, QuerySet, Subquery

from core.identity import current_identity

COUNT_EXACTLY_UP_TO = 1_000
REMEMBER_SECONDS = 10.0
MOST_REMEMBERED = 5_000
_remembered: dict[Hashable, tuple[float, int]] = {}


class CountUpTo(Subquery):
    """The number of rows of a queryset, never counting further than one above the limit.

    It rides in the page's own query, so that counting is no second trip.
    """

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, queryset: QuerySet[Any]) -> None:
        limited = queryset.order_by().values("pk")[: COUNT_EXACTLY_UP_TO + 1]
        super().__init__(limited, output_field=IntegerField())


def remembered_estimate(key: Hashable) -> int | None:
    """An estimate made a moment ago for the same caller and the same rows."""
    made, estimate = _remembered.get(_own(key), (0.0, 0))
    return estimate if made and time.monotonic() - made < REMEMBER_SECONDS else None


def estimate(key: Hashable, sql: str, params: Sequence[Any], *, at_least: int) -> int:
    """Rows the planner expects of a query, under the caller's own policies."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    if isinstance(plan, str | bytes):
        plan = msgspec.json.decode(plan)
    rows = max(int(plan[0]["Plan"]["Plan Rows"]), at_least)
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    _remembered[_own(key)] = (time.monotonic(), rows)
    return rows


def forget_estimates() -> None:
    """For tests."""
    _remembered.clear()


def _own(key: Hashable) -> Hashable:
    """Different callers see different rows."""
    identity = current_identity()
    return identity.role, identity.user_id, key
