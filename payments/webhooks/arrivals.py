"""What each gateway told us lately, read from the event log's index of senders."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

LOOKED_BACK = timedelta(days=7)
MOST_GAPS = 20_000  # per sender: the newest events tell the rhythm

TYPES = """
SELECT e.source, e.type, count(*),
       count(*) FILTER (WHERE e.created_at >= %(today)s), coalesce(sum(e.duplicates), 0),
       max(e.created_at),
       EXISTS (SELECT 1 FROM core_subscription s WHERE s.event_type = e.type)
FROM core_event e
WHERE e.source = ANY (%(sources)s) AND e.source <> 'tradewind' AND e.created_at >= %(since)s
GROUP BY e.source, e.type
ORDER BY 3 DESC, 2
"""
RHYTHM = """
SELECT sender.source,
       (SELECT max(e.created_at) FROM core_event e
        WHERE e.source = sender.source AND e.source <> 'tradewind'),
       gaps.number, gaps.median, gaps.p95, gaps.longest
FROM unnest(%(sources)s::text[]) AS sender(source)
CROSS JOIN LATERAL (
    SELECT count(gap) AS number,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS median,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY gap) AS p95,
           max(gap) AS longest
    FROM (
        SELECT created_at - lag(created_at) OVER (ORDER BY created_at) AS gap
        FROM (
            SELECT e.created_at FROM core_event e
            WHERE e.source = sender.source AND e.source <> 'tradewind'
              AND e.created_at >= %(since)s
            ORDER BY e.created_at DESC LIMIT %(most)s
        ) AS newest
    ) AS between_two
) AS gaps
"""


@dataclass(frozen=True, slots=True)
class TypeCount:
    """One type of event of one gateway over the last week."""

    type: str
    week: int
    today: int
    repeated: int
    last_at: datetime
    known: bool


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When the gateway was last heard, and how long it is usually silent in between.

    The gaps are those of the last week; None where fewer than two events came.
    """

    last_at: datetime | None
    gaps: int
    median: timedelta | None
    p95: timedelta | None
    longest: timedelta | None


def types_of(sources: list[str], *, now: datetime) -> dict[str, list[TypeCount]]:
    """Per gateway, the most frequent type first. One query."""
    found: dict[str, list[TypeCount]] = {source: [] for source in sources}
    for source, *rest in _rows(TYPES, sources, now):
        found[source].append(TypeCount(*rest))
    return found


def rhythms_of(sources: list[str], *, now: datetime) -> dict[str, Rhythm]:
    """Per gateway. One query over at most MOST_GAPS index entries each."""
    return {source: Rhythm(*rest) for source, *rest in _rows(RHYTHM, sources, now)}


def _rows(sql: str, sources: list[str], now: datetime) -> list[tuple]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    known: dict[str, Any] = {
        "sources": sources,
        "since": now - LOOKED_BACK,
        "today": midnight,
        "most": MOST_GAPS,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, known)
        return list(cursor.fetchall())
