"""Jobs that run by the clock, and when each of them is due.

A floor lists its jobs in `<floor>/schedule.py`:

    @scheduled("refresh_rates", daily_at=(16, 30))
    def refresh_rates() -> dict[str, int]:
        \"\"\"Fetch today's exchange rates.\"\"\"

The function opens its own transactions and may return a small JSON object that is kept with the
run. A run can be repeated after a crash: jobs must not mind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from inspect import getdoc
from typing import Any

from core.enums import Queue

Work = Callable[[], dict[str, Any] | None]

DAY = timedelta(days=1)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
# A beat's clock may be ahead of the database's: a daily job rung a little early means today.
CLOCKS_DIFFER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Job:
    """A function with a name and a rhythm."""

    name: str
    work: Work
    every: timedelta | None = None
    daily_at: tuple[int, int] | None = None  # hour and minute, UTC
    queue: Queue = Queue.BULK

    @property
    def purpose(self) -> str:
        """The first line of the function's docstring."""
        return (getdoc(self.work) or "").split("\n")[0]

    def slot(self, now: datetime) -> datetime:
        """The due time `now` belongs to: the same for every beat that rings within one period."""
        if self.every is not None:
            return now - (now - EPOCH) % self.every
        assert self.daily_at is not None  # noqa: S101 - `scheduled` made sure of one of them
        hour, minute = self.daily_at
        now += CLOCKS_DIFFER
        today = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        return today if today <= now else today - DAY


JOBS: dict[str, Job] = {}


def scheduled(
    name: str,
    *,
    every: timedelta | None = None,
    daily_at: tuple[int, int] | None = None,
    queue: str = "bulk",
) -> Callable[[Work], Work]:
    """Have the decorated function run every so often, or daily at (hour, minute) UTC.

    Raises ValueError for a name in use, or without exactly one rhythm.
    """
    if (every is None) == (daily_at is None):
        raise ValueError(f"{name}: give either `every` or `daily_at`.")
    if every is not None and every < timedelta(seconds=2):
        raise ValueError(f"{name}: jobs run every two seconds at most.")

    def register(work: Work) -> Work:
        known = JOBS.get(name)
        if known and known.work.__module__ != work.__module__:
            raise ValueError(f"Two jobs are called {name}.")
        JOBS[name] = Job(name, work, every, daily_at, Queue(queue))
        return work

    return register
