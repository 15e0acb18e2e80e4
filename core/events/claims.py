"""Claiming deliveries: leases by the database's clock, fencing tokens, order per subject."""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.enums import Queue
from core.events.event import Event
from core.events.subscriptions import SUBSCRIBERS

LEASE_SECONDS = 10
QUARANTINE_AFTER = 3  # leases lost: the row kills its worker

# A row that lost a lease is claimed alone: if it kills its worker again, no neighbour goes with it.
_CLAIM = """
WITH due AS (
    SELECT d.id, d.lost_leases, d.state
    FROM core_delivery d
    WHERE d.queue = %(queue)s
      AND d.state IN ('ready', 'leased')
      AND d.due_at <= clock_timestamp() {only}
      AND (d.subject = '' OR NOT EXISTS (
            SELECT 1 FROM core_delivery e
            WHERE e.subscriber = d.subscriber AND e.subject = d.subject AND e.id < d.id
              AND e.state IN ('ready', 'leased')))
    ORDER BY d.due_at, d.id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), chosen AS (
    SELECT id, (state = 'leased')::int AS lost FROM due
    WHERE lost_leases = 0 OR id = (SELECT id FROM due ORDER BY lost_leases DESC, id LIMIT 1)
)
UPDATE core_delivery d
SET state = 'leased', attempts = d.attempts + 1, lease_token = d.lease_token + 1,
    lost_leases = d.lost_leases + chosen.lost, worker = %(worker)s,
    due_at = clock_timestamp() + make_interval(secs => %(lease)s)
FROM chosen, core_event e
WHERE d.id = chosen.id AND e.id = d.event_id
RETURNING d.id, d.subscriber, d.attempts, d.lease_token, d.lost_leases,
          e.id, e.type, e.source, e.subject, e.data, e.body, e.headers, e.actor_id, e.occurred_at
"""

CLAIM = _CLAIM.format(only="")
# the second condition is that of core_delivery_order, by which they are found
CLAIM_FIRST = _CLAIM.format(only="AND d.subscriber = ANY(%(first)s) AND d.subject <> ''")

RENEW = """
UPDATE core_delivery SET due_at = clock_timestamp() + make_interval(secs => %s)
FROM unnest(%s::bigint[], %s::bigint[]) AS held(id, token)
WHERE core_delivery.id = held.id AND lease_token = held.token AND state = 'leased'
RETURNING core_delivery.id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A leased delivery: the event, who reacts, and the token that fences it."""

    delivery_id: int
    subscriber: str
    attempts: int
    token: int
    lost_leases: int
    event: Event


def claim(queue: Queue, *, limit: int, worker: str) -> list[Claim]:
    """Lease up to `limit` due deliveries of a queue, oldest first; those that go first
    (`subscribe(first=True)`) before them. Runs in its own transaction."""
    first = [one.name for one in SUBSCRIBERS.values() if one.first and one.queue is queue]
    claims = _claimed(CLAIM_FIRST, queue, limit, worker, first) if first else []
    if len(claims) < limit:
        claims += _claimed(CLAIM, queue, limit - len(claims), worker, first)
    return claims


def _claimed(sql: str, queue: Queue, limit: int, worker: str, first: list[str]) -> list[Claim]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "queue": queue.value,
                "limit": limit,
                "worker": worker,
                "lease": LEASE_SECONDS,
                "first": first,
            },
        )
        rows = cursor.fetchall()
    return sorted((_claim(row) for row in rows), key=lambda claimed: claimed.delivery_id)


def renew(claims: list[Claim]) -> set[int]:
    """Hold the leases for another spell; the ids of those that are still ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            RENEW,
            [LEASE_SECONDS, [c.delivery_id for c in claims], [c.token for c in claims]],
        )
        return {row[0] for row in cursor.fetchall()}


def _claim(row: tuple[Any, ...]) -> Claim:
    delivery_id, subscriber, attempts, token, lost = row[:5]
    event_id, kind, source, subject, data, body, headers, actor_id, occurred_at = row[5:]
    return Claim(
        delivery_id,
        subscriber,
        attempts,
        token,
        lost,
        Event(
            id=event_id,
            type=kind,
            source=source,
            subject=subject,
            data=_decoded(data),
            body=bytes(body) if body is not None else None,
            headers=_decoded(headers),
            actor_id=actor_id,
            occurred_at=occurred_at,
            delivery_id=delivery_id,
            attempt=attempts,
        ),
    )


def _decoded(value: Any) -> Any:
    """Django leaves jsonb as text on raw cursors."""
    return json.loads(value) if isinstance(value, str) else value
