"""Figures of the delivery board: from the days that are counted, and live for those after."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Max

from notifications.enums import Channel, DeliveryState
from notifications.models import DayFigure
from notifications.services.day_figures import COUNT, bounds

S = DeliveryState
ARRIVED = {S.DELIVERED, S.COMPLAINED}
LEFT = ARRIVED | {S.SENT, S.DEFERRED, S.BOUNCED}  # they left the house
LOST = {S.FAILED, S.DEAD, S.BOUNCED, S.UNCERTAIN}
OPEN = {S.QUEUED, S.SENDING, S.WAITING}
LIVE_DAYS = 3
COLUMNS = ("day", "channel", "kind", "state", "why", "number", "opened", "clicked")


class Figure(NamedTuple):
    """A DayFigure, stored or just counted."""

    day: date
    channel: str
    kind: str
    state: str
    why: str
    number: int
    opened: int
    clicked: int


@dataclass(slots=True)
class Sums:
    """What became of some messages."""

    told: int = 0
    left: int = 0
    mailed: int = 0
    arrived: int = 0
    lost: int = 0
    suppressed: int = 0
    open: int = 0
    opened: int = 0
    clicked: int = 0

    def add(self, one: Figure) -> None:
        """Count one figure in."""
        self.told += one.number
        self.left += one.number * (one.state in LEFT)
        self.mailed += one.number * (one.state in LEFT and one.channel == Channel.EMAIL)
        self.arrived += one.number * (one.state in ARRIVED)
        self.lost += one.number * (one.state in LOST)
        self.suppressed += one.number * (one.state == S.SUPPRESSED)
        self.open += one.number * (one.state in OPEN)
        self.opened += one.opened
        self.clicked += one.clicked

    def of_told(self, number: int) -> str:
        """A share of all messages, in words."""
        return _share(number, self.told)

    def of_mailed(self, number: int) -> str:
        """A share of the mails that left the house: only mail tells of opens and clicks."""
        return _share(number, self.mailed)


def _share(number: int, of: int) -> str:
    return f"{100 * number / of:.1f} %" if of else "–"


@dataclass(slots=True)
class Board:
    """Everything the page shows, of some days and perhaps one channel."""

    days: list[date]
    total: Sums = field(default_factory=Sums)
    by_day: dict[date, Sums] = field(default_factory=lambda: defaultdict(Sums))
    by_channel: dict[str, Sums] = field(default_factory=lambda: defaultdict(Sums))
    by_kind: dict[str, Sums] = field(default_factory=lambda: defaultdict(Sums))
    lost_why: Counter[str] = field(default_factory=Counter)
    suppressed_why: Counter[str] = field(default_factory=Counter)


def board(*, last: int, channel: str = "", today: date) -> Board:
    """Add up the `last` days up to today: three queries, whatever was sent."""
    found = Board([today - timedelta(days=ago) for ago in reversed(range(last))])
    for one in _figures(found.days[0], today):
        found.by_channel[one.channel].add(one)
        if channel and one.channel != channel:
            continue
        found.total.add(one)
        found.by_day[one.day].add(one)
        found.by_kind[one.kind].add(one)
        if one.state in LOST:
            found.lost_why[one.why or DeliveryState(one.state).label] += one.number
        if one.state == S.SUPPRESSED:
            found.suppressed_why[one.why or "No reason given"] += one.number
    return found


def _figures(first: date, today: date) -> list[Figure]:
    """Counted days as they are stored; what comes after the last of them is counted now.

    At most LIVE_DAYS of that: a page must not read a million rows where the nightly count has
    not run yet.
    """
    counted_to = DayFigure.objects.aggregate(last=Max("day"))["last"]
    stored = DayFigure.objects.filter(day__range=(first, today)).values_list(*COLUMNS)
    figures = [Figure(*row) for row in stored]
    begin = max(first, today - timedelta(days=LIVE_DAYS - 1))
    if counted_to is not None:
        begin = max(begin, counted_to + timedelta(days=1))
    if begin <= today:
        with connection.cursor() as cursor:
            cursor.execute(COUNT, bounds(begin, today))
            figures += [Figure(*row) for row in cursor.fetchall()]
    return figures


CHANNELS = [("", "All"), *Channel.choices]
