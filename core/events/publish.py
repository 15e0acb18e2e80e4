"""Announcing what happened, in the transaction in which it happened."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from core.events.bell import Bell
from core.events.subscriptions import queues_of
from core.requests.context import current_request_id


def publish(
    *,
    type: str,
    subject: str,
    data: dict[str, Any],
    dedupe_key: str | None = None,
    occurred_at: datetime | None = None,
    cause_id: int | None = None,
) -> int:
    """Write one event in the caller's transaction and ring the bell once it has committed.

    `subject` ("order:<id>") keeps deliveries of one thing in order. With `dedupe_key` the same
    fact is written once, however often it is announced; the first event's id is returned.
    Raises TransactionManagementError outside a transaction: a fact without the change it
    announces would be a lie.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"{type} was published outside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT core_publish(%s, %s, %s::jsonb, %s, %s, %s, %s)",
            [
                type,
                subject,
                msgspec.json.encode(data).decode(),
                dedupe_key,
                occurred_at or datetime.now(UTC),
                current_request_id(),
                cause_id,
            ],
        )
        (event_id,) = cursor.fetchone()
    ring_after_commit(type)
    return int(event_id)


def ring_after_commit(event_type: str) -> None:
    """Wake the workers of `event_type` when the open transaction has committed, once each.

    Called by `publish`; a service whose event is written by a database trigger calls it itself,
    or leaves the waking to the next tick.
    """
    queues = queues_of(event_type)
    pending = (hook[1] for hook in connection.run_on_commit)
    bell = next((hook for hook in pending if isinstance(hook, Bell)), None)
    if bell is not None:
        bell.queues |= queues
    elif queues:
        transaction.on_commit(Bell(queues))
