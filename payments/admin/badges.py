"""Counts beside the sidebar's lines: what waits for a person.

Every page of the admin shows them, so they are counted rarely and in one query.
"""

from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest

from payments.house import as_house

KEPT_SECONDS = 20
KEY = "payments-badges-5"  # so many counts: another number, another key

COUNTS = """
SELECT (SELECT count(*) FROM payments_payment WHERE status = 'held_for_review'),
       (SELECT count(*) FROM payments_difference WHERE state = 'open'),
       (SELECT count(*) FROM core_delivery WHERE state = 'dead'),
       (SELECT count(*) FROM payments_refund WHERE state IN ('requested', 'needs_attention')),
       (SELECT count(*) FROM payments_dispute WHERE state = 'needs_response')
"""


def held(request: HttpRequest) -> str:
    """Payments held for review."""
    return _shown(0)


def differences(request: HttpRequest) -> str:
    """Open differences."""
    return _shown(1)


def dead(request: HttpRequest) -> str:
    """Dead letters."""
    return _shown(2)


def refunds(request: HttpRequest) -> str:
    """Refunds that wait for approval or need a hand."""
    return _shown(3)


def disputes(request: HttpRequest) -> str:
    """Disputes that need an answer."""
    return _shown(4)


def _shown(at: int) -> str:
    """Nothing where nothing waits."""
    counts: tuple[int, ...] = cache.get(KEY)
    if counts is None:
        counts = _counted()
        cache.set(KEY, counts, KEPT_SECONDS)
    return str(counts[at]) if counts[at] else ""


def _counted() -> tuple[Any, ...]:
    with (
        as_house("badges of the sidebar"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(COUNTS)
        counts: tuple[Any, ...] = cursor.fetchone()
    return counts
