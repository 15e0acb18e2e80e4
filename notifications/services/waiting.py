"""Calls that wake the house when somebody's quiet hours end.

A call is an event whose subscriber puts it off until its time (subscribers.end_quiet_hours): it
stands in the event log with its due time, so that no lost ring of the bell and no killed worker
loses it, and nobody looks through tables for it.

Whoever lets something wait writes a call in the same transaction, also when there is one for that
person and time already: a transaction that commits after that one was answered would wait forever.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from core.events.publish_many import News
from notifications.models import Delivery

QUIET_OVER = "notification.quiet_over"


def wake_up_calls(deliveries: Iterable[Delivery]) -> list[News]:
    """The calls for those of `deliveries` that wait: one for each person and end among them."""
    ends: dict[tuple[UUID, datetime], Delivery] = {}
    for one in deliveries:
        if one.state == "waiting" and one.waits_for and one.waits_until:
            ends.setdefault((one.waits_for, one.waits_until), one)
    return [
        # a subject of its own: calls need no order, and none holds up another
        News(QUIET_OVER, f"quiet:{first.pk}", call(user_id, until))
        for (user_id, until), first in ends.items()
    ]


def call(user_id: UUID, until: datetime) -> dict[str, str]:
    """What a call says: for whom, and when."""
    return {"user_id": str(user_id), "until": until.isoformat()}


def seconds_left(until: datetime, *, now: datetime) -> float:
    """How long a call for `until` still has to wait; not positive: its time has come."""
    return (until - now).total_seconds()
