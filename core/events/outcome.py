"""Marking deliveries: done, ignored, again later, dead. Fenced by the lease token."""

import random

from django.db import connection

from core.events.claims import Claim

BACKOFF_BASE = 2.0  # seconds
BACKOFF_CAP = 6 * 3600.0

FINISH = """
UPDATE core_delivery
SET state = %s, last_error = %s, duration_ms = %s, finished_at = clock_timestamp()
WHERE id = %s AND lease_token = %s AND state = 'leased'
"""
POSTPONE = """
UPDATE core_delivery
SET state = 'ready', last_error = %s, duration_ms = %s,
    due_at = clock_timestamp() + make_interval(secs => %s)
WHERE id = %s AND lease_token = %s AND state = 'leased'
"""


class LeaseLost(Exception):
    """Another worker holds the delivery by now; what this one did must be rolled back."""


def finish(claim: Claim, state: str, *, milliseconds: int, note: str = "") -> None:
    """Close the delivery in the caller's transaction. Raises LeaseLost for a zombie."""
    with connection.cursor() as cursor:
        cursor.execute(
            FINISH, [state, _storable(note), milliseconds, claim.delivery_id, claim.token]
        )
        if cursor.rowcount != 1:
            raise LeaseLost(f"Delivery {claim.delivery_id} passed to another worker.")


def postpone(claim: Claim, *, seconds: float, milliseconds: int, error: str) -> None:
    """Try again after `seconds` (database clock). A zombie's postponement changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            POSTPONE,
            [_storable(error), milliseconds, seconds, claim.delivery_id, claim.token],
        )


def _storable(text: str) -> str:
    """A note may quote what was sent to us: the words PostgreSQL cannot keep must not stop us."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def backoff_seconds(attempts: int) -> float:
    """Full jitter: anywhere between a moment and 2, 4, 8 ... seconds, six hours at most.

    Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
    """
    ceiling = min(BACKOFF_CAP, BACKOFF_BASE * 2.0 ** min(attempts, 20))
    return random.uniform(0.1, ceiling)  # noqa: S311  - spreading load, not a secret
