"""How many rows a list has: exact up to a limit, the planner's estimate beyond it.

An exact count of a large table reads all of it, for a number nobody reads to the last digit.
"""

import time
from typing import Any

import msgspec
from django.db import connection
from django.db.models import IntegerField, QuerySet, Subquery

from core.identity import current_identity

COUNT_EXACTLY_UP_TO = 1_000
REMEMBER_SECONDS = 10.0
_remembered: dict[tuple[Any, ...], tuple[float, int]] = {}


class CountUpTo(Subquery):
    """The number of rows of a queryset, never counting further than one above the limit.

    It rides in the page's own query, so that counting is no second trip.
    """

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, queryset: QuerySet[Any]) -> None:
        limited = queryset.order_by().values("pk")[: COUNT_EXACTLY_UP_TO + 1]
        super().__init__(limited, output_field=IntegerField())


def count_of(queryset: QuerySet[Any], counted: int) -> tuple[int, bool]:
    """(count, is it an estimate) from what CountUpTo found."""
    if counted <= COUNT_EXACTLY_UP_TO:
        return counted, False
    sql, params = queryset.order_by().values("pk").query.sql_with_params()
    identity = current_identity()
    key = (identity.role, identity.user_id, sql, str(params))
    now = time.monotonic()
    made, estimate = _remembered.get(key, (0.0, 0))
    if not made or now - made > REMEMBER_SECONDS:
        estimate = _planned_rows(sql, params)
        if len(_remembered) > 1_000:
            _remembered.clear()
        _remembered[key] = (now, estimate)
    return max(estimate, counted), True


def _planned_rows(sql: str, params: tuple[Any, ...]) -> int:
    """Rows the planner expects, under the caller's own policies."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    if isinstance(plan, str | bytes):
        plan = msgspec.json.decode(plan)
    return int(plan[0]["Plan"]["Plan Rows"])
