"""When a subscription's next period ends: the 31st stays the 31st wherever there is one."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta

DAY = 24 * 3600  # seconds


def period_end(start: int, interval: str, count: int, *, anchor: int) -> int:
    """Unix time at which the period that began at `start` ends.

    `interval` is day, week, month or year; months end on the day of `anchor`, the moment the
    billing cycle began, or on the last day of a shorter month.
    """
    if interval in ("day", "week"):
        return start + count * DAY * (7 if interval == "week" else 1)
    began, anchored = _date(start), _date(anchor)
    months = began.year * 12 + began.month - 1 + count * (12 if interval == "year" else 1)
    year, month = months // 12, months % 12 + 1
    day = min(anchored.day, calendar.monthrange(year, month)[1])
    first = began.replace(year=year, month=month, day=1)
    return int((first + timedelta(days=day - 1)).timestamp())


def _date(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
