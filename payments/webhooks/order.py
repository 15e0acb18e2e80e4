"""How often a gateway's events reach us in another order than they happened in.

When something happened stands in the body only, in seconds, so a sample is read: enough to see
whether a gateway shuffles, little enough for a page.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

SAMPLE = 200  # newest events per gateway

NEWEST = """
SELECT sender.source, newest.subject, newest.body
FROM unnest(%(sources)s::text[]) AS sender(source)
CROSS JOIN LATERAL (
    SELECT e.id, e.subject, e.body FROM core_event e
    WHERE e.source = sender.source AND e.source <> 'tradewind'
    ORDER BY e.created_at DESC LIMIT %(sample)s
) AS newest
ORDER BY newest.id
"""


class _Times(msgspec.Struct):
    """Under which names gateways say when: Stripe, Stripe thin and Paystack, Razorpay."""

    created: int | str | None = None
    created_at: int | str | None = None
    data: Any = None


_decode = msgspec.json.Decoder(_Times).decode


@dataclass(frozen=True, slots=True)
class Disorder:
    """Of `looked_at` events, how many came after a later one about the same thing."""

    looked_at: int
    late: int

    @property
    def percent(self) -> float:
        """Zero where nothing was looked at."""
        return 100.0 * self.late / self.looked_at if self.looked_at else 0.0


def disorder_of(sources: list[str]) -> dict[str, Disorder]:
    """Per gateway, from its newest events. One query."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, {"sources": sources, "sample": SAMPLE})
        rows = cursor.fetchall()
    latest: dict[tuple[str, str], float] = {}
    looked_at = dict.fromkeys(sources, 0)
    late = dict.fromkeys(sources, 0)
    for source, subject, body in rows:
        happened = happened_at(bytes(body or b""))
        if happened is None:
            continue
        looked_at[source] += 1
        before = latest.get((source, subject), happened)
        late[source] += happened < before
        latest[source, subject] = max(before, happened)
    return {source: Disorder(looked_at[source], late[source]) for source in sources}


def happened_at(body: bytes) -> float | None:
    """When the sender says it happened, in seconds since 1970; None where it does not say."""
    try:
        told = _decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    data = told.data if isinstance(told.data, dict) else {}
    for value in (told.created, told.created_at, data.get("paid_at"), data.get("created_at")):
        if isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, str):
            try:
                return datetime.fromisoformat(value).timestamp()
            except ValueError:
                continue
    return None
