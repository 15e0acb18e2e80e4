"""When somebody's quiet hours end, on the clock of their time zone, also when it is changed."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `starts` to `ends` on the wall clock; `ends` not after `starts` is the next day."""

    starts: time
    ends: time
    zone: str

    def holds(self, at: datetime) -> bool:
        """Whether the wall clock shows a quiet hour."""
        shown = at.astimezone(zone_named(self.zone)).time()
        if self.starts < self.ends:
            return self.starts <= shown < self.ends
        return shown >= self.starts or shown < self.ends

    def until(self, at: datetime) -> datetime | None:
        """When the quiet hours that hold at `at` end (UTC); None when none hold."""
        zone = zone_named(self.zone)
        end = at
        for _ in range(4):  # a clock set back may lead into the same hours once more
            if not self.holds(end):
                break
            end = self._next_end(end, zone)
        return None if end is at else end

    def _next_end(self, at: datetime, zone: ZoneInfo) -> datetime:
        local = at.astimezone(zone)
        tomorrow = self.starts >= self.ends and local.time() >= self.starts
        day = local.date() + (DAY if tomorrow else timedelta())
        return instant(datetime.combine(day, self.ends), zone, after=at)


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """The time zone; UTC for a name this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def instant(wall: datetime, zone: ZoneInfo, *, after: datetime | None = None) -> datetime:
    """The moment (UTC) a wall clock shows `wall`, a time without zone.

    Shown twice: the first one, or the first one after `after`. Never shown, because the clock
    was set forward over it: the moment it was set forward.
    """
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if second < first:
        return _set_forward(second, first, zone)
    return second if after is not None and first <= after else first


def _set_forward(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The change of the clock between two moments, to the second."""
    before = low.astimezone(zone).utcoffset()
    while high - low > SECOND:
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
