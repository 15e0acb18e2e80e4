"""The prices of one variant in one currency, as stretches of time. Pure functions, no database.

A stretch holds two facts at once: the regular price, and the sale price if there is a sale. So the
end of a sale is no event, and a new regular price does not forget a sale that runs or is planned.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `begin` to before `end` (EVER: until further notice), in smallest units."""

    begin: datetime
    end: datetime
    regular: int
    sale: int | None = None

    @property
    def amount(self) -> int:
        """What is paid."""
        return self.regular if self.sale is None else self.sale

    @property
    def compare_at(self) -> int | None:
        """What it is compared with, in a sale."""
        return None if self.sale is None else self.regular

    def at_regular(self, regular: int) -> "Stretch":
        """With another regular price; a sale that would be no bargain any more is over."""
        keeps = self.sale is not None and self.sale < regular
        return replace(self, regular=regular, sale=self.sale if keeps else None)


Line = list[Stretch]  # in the order of time, without overlaps


def at(line: Line, moment: datetime) -> Stretch | None:
    """The stretch that is in force at a moment."""
    return next((s for s in line if s.begin <= moment < s.end), None)


def next_change(line: Line, moment: datetime) -> datetime:
    """When the regular price that holds at `moment` is planned to change; EVER if never."""
    held = at(line, moment)
    for stretch in line:
        if stretch.begin > moment and (held is None or stretch.regular != held.regular):
            return stretch.begin
    return EVER


def with_regular(line: Line, regular: int, begin: datetime, end: datetime) -> Line:
    """The regular price from `begin` to `end`, also where nothing was sold before."""

    def change(stretch: Stretch | None, since: datetime, until: datetime) -> Stretch:
        return stretch.at_regular(regular) if stretch else Stretch(since, until, regular)

    return _changed(line, begin, end, change)


def with_sale(line: Line, sale: int | None, begin: datetime, end: datetime) -> Line:
    """A sale price from `begin` to `end`, where something is sold; None ends sales there."""

    def change(stretch: Stretch | None, since: datetime, until: datetime) -> Stretch | None:
        return replace(stretch, sale=sale) if stretch else None

    return _changed(line, begin, end, change)


def without(line: Line, begin: datetime, end: datetime = EVER) -> Line:
    """Nothing is sold from `begin` to `end`."""
    return _changed(line, begin, end, lambda stretch, since, until: None)


def covers(line: Line, begin: datetime, end: datetime) -> bool:
    """Whether there is a price all the time from `begin` to `end`."""
    at_time = begin
    for stretch in line:
        if stretch.begin <= at_time < stretch.end:
            at_time = stretch.end
    return at_time >= end


Change = Callable[[Stretch | None, datetime, datetime], Stretch | None]


def _changed(line: Line, begin: datetime, end: datetime, change: Change) -> Line:
    """Cut the line at both ends, change what lies between (gaps too), join what is alike."""
    cut = _split(_split(line, begin), end)
    between = [s for s in cut if begin <= s.begin and s.end <= end]
    made = [s for s in cut if s.end <= begin]
    reached = begin
    for stretch in between:
        if stretch.begin > reached:
            made.append(change(None, reached, stretch.begin))  # type: ignore[arg-type]
        made.append(change(stretch, stretch.begin, stretch.end))  # type: ignore[arg-type]
        reached = stretch.end
    if reached < end:
        made.append(change(None, reached, end))  # type: ignore[arg-type]
    made += [s for s in cut if s.begin >= end]
    return _joined([s for s in made if s is not None])


def _split(line: Line, moment: datetime) -> Line:
    parts: Line = []
    for stretch in line:
        if stretch.begin < moment < stretch.end:
            parts += [replace(stretch, end=moment), replace(stretch, begin=moment)]
        else:
            parts.append(stretch)
    return parts


def _joined(line: Line) -> Line:
    """Neighbours with the same prices are one stretch."""
    made: Line = []
    for stretch in line:
        last = made[-1] if made else None
        if last and last.end == stretch.begin and (last.regular, last.sale) == (
            stretch.regular, stretch.sale,
        ):  # fmt: skip
            made[-1] = replace(last, end=stretch.end)
        else:
            made.append(stretch)
    return made
