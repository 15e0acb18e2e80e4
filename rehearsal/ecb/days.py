"""Which days the bank publishes on: not at weekends, not on TARGET holidays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

FRANKFURT = ZoneInfo("Europe/Berlin")
PUBLISHED_AT = time(16, 0)
FIRST = date(1999, 1, 4)
SATURDAY = 5
EVERY_YEAR = {(1, 1), (5, 1), (12, 25), (12, 26)}


def newest(now: datetime) -> date:
    """The newest day that is out at a moment."""
    there = now.astimezone(FRANKFURT)
    day = there.date() if there.time() >= PUBLISHED_AT else there.date() - timedelta(days=1)
    while not is_published(day):
        day -= timedelta(days=1)
    return day


def days(first: date, last: date) -> Iterator[date]:
    """Days with rates from last to first, newest first, as the files list them."""
    day = last
    while day >= max(first, FIRST):
        if is_published(day):
            yield day
        day -= timedelta(days=1)


def is_published(day: date) -> bool:
    """Whether rates are published on this day at all."""
    if day.weekday() >= SATURDAY or (day.month, day.day) in EVERY_YEAR:
        return False
    easter = _easter(day.year)
    return day not in (easter - timedelta(days=2), easter + timedelta(days=1))


@lru_cache(maxsize=128)
def _easter(year: int) -> date:
    """Easter Sunday (the anonymous Gregorian computus)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
