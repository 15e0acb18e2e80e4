"""When it is time for the weekly report, on each clock of the world."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from notifications.choices.quiet import instant, zone_named
from notifications.weekly.sections import Period

AT = time(8)
NOT_AFTER = time(20)  # a late one comes by day
LATE_DAYS = 1  # after a house was down: still on Tuesday; older news is no news
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Round:
    """The reports of one time zone in one week, which is called after its Monday."""

    zone: str
    monday: date

    @property
    def week(self) -> str:
        """2026-W49 (ISO 8601)."""
        return f"{self.monday:%G-W%V}"

    @property
    def period(self) -> Period:
        """The week before this Monday."""
        zone = zone_named(self.zone)
        first, last = (
            instant(datetime.combine(day, time()), zone)
            for day in (self.monday - WEEK, self.monday)
        )
        return Period(first, last)

    @property
    def days(self) -> tuple[date, date]:
        """Monday and Sunday of the week told about."""
        return self.monday - WEEK, self.monday - timedelta(days=1)


def rounds_due(now: datetime, zones: Iterable[str]) -> Iterator[Round]:
    """Those in whose zone it is Monday from eight, or Tuesday by day."""
    for name in zones:
        local = now.astimezone(zone_named(name))
        if local.weekday() <= LATE_DAYS and AT <= local.time() < NOT_AFTER:
            yield Round(name, local.date() - timedelta(days=local.weekday()))
