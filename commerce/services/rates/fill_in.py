"""Orders placed while no rate was known get their figures when one arrives."""

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from core.identity import acting_as_system

BATCH = 2_000

# Currencies that can be converted at all, and since when.
SINCE = """
SELECT currency, min(day) FROM commerce_exchangerate WHERE state = 'in_force' GROUP BY currency
"""
# The trigger commerce_order_in_base writes the figures of every row touched; a row that would stay
# empty is not touched. Locked rows are somebody's just now, and wait for the next run.
FILL = """
WITH few AS (
    SELECT id, placed_at, currency, total_minor FROM commerce_order
    WHERE base_total_minor IS NULL AND currency = %(currency)s
      AND (placed_at, id) > (%(after)s, %(after_id)s)
    ORDER BY placed_at, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
), filled AS (
    UPDATE commerce_order o SET base_currency = NULL FROM few
    WHERE o.id = few.id
      AND (commerce_in_base(few.currency, few.total_minor, few.placed_at)).base_minor IS NOT NULL
    RETURNING 1
)
SELECT (SELECT count(*) FROM filled), (SELECT count(*) FROM few),
       (SELECT placed_at FROM few ORDER BY placed_at DESC, id DESC LIMIT 1),
       (SELECT id FROM few ORDER BY placed_at DESC, id DESC LIMIT 1)
"""
NOBODY = "00000000-0000-0000-0000-000000000000"


def fill_in_orders(*, progress: Callable[[int], None] = lambda done: None) -> int:
    """Give orders without base figures theirs, where a rate of their day is known by now.

    A batch a transaction, so it may be stopped anywhere; returns how many were filled in.
    """
    filled = 0
    for currency, since in _convertible():
        after: tuple[Any, Any] = (since, NOBODY)
        while True:
            with acting_as_system("rates"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    FILL,
                    {
                        "currency": currency, "after": after[0], "after_id": after[1],
                        "batch": BATCH,
                    },
                )  # fmt: skip
                done, looked_at, *after_now = cursor.fetchone()
            filled += done
            if done:
                progress(done)
            if looked_at < BATCH:
                break
            after = (after_now[0], after_now[1])
    return filled


def _convertible() -> list[tuple[str, Any]]:
    """Each currency with its first day; the euro's is that of the house's currency."""
    with acting_as_system("rates"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT commerce_base_currency()")
        (base,) = cursor.fetchone()
        cursor.execute(SINCE)
        first = dict(cursor.fetchall())
    if first:
        first["EUR"] = first.get(base, min(first.values()))
        first[base] = min(first.values())
    return sorted(first.items())
