"""Calls that wake the house when somebody's quiet hours end.

A call is an event whose subscriber puts it off until its time (subscribers.end_quiet_hours): it
stands in the event log with its due time, so that no lost ring of the bell and no killed worker
loses it, and nobody looks through tables for it. One call per person and end.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from core.events.publish_many import News
from notifications.models import Delivery

QUIET_OVER = "notification.quiet_over"
GRACE = timedelta(seconds=30)  # machines' clocks differ: nothing may be put to wait behind a call


def wake_up_calls(deliveries: Iterable[Delivery]) -> list[News]:
    """The calls for those of `deliveries` that wait, sorted by their keys."""
    ends = {
        (one.waits_for, one.waits_until)
        for one in deliveries
        if one.state == "waiting" and one.waits_for and one.waits_until
    }
    calls = [wake_up_call(user_id, until) for user_id, until in ends]
    return sorted(calls, key=lambda call: call.dedupe_key or "")


def seconds_left(until: datetime, *, now: datetime) -> float:
    """How long a call for `until` still has to wait; not positive: its time has come."""
    return (until + GRACE - now).total_seconds()


def wake_up_call(user_id: UUID, until: datetime) -> News:
    """The call for one person at one time."""
    key = f"quiet_over:{user_id}:{until.isoformat()}"
    data = {"user_id": str(user_id), "until": until.isoformat()}
    return News(QUIET_OVER, key, data, dedupe_key=key)
