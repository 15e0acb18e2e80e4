"""The European Central Bank's reference rates, as it publishes them (eurofxref-*.xml).

    gesmes:Envelope > Cube > Cube time="2026-11-27" > Cube currency="USD" rate="1.0850"

The file comes from outside: read under limits, nothing of it believed unseen. What cannot be read
at all is refused whole; one figure that cannot be right is left out and named.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from core.money import CURRENCIES

CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
MOST_BYTES = 32 * 1024 * 1024  # the whole history since 1999 is about 8 MB
MOST_FIGURES = 1_000_000
MOST_PROBLEMS = 20
FIGURE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,10})?")
SINCE = date(1999, 1, 4)  # the first day the bank published


class FeedUnreadable(ValueError):
    """What came is no file of reference rates."""


@dataclass(frozen=True, slots=True)
class Published:
    """One euro was so many of a currency on a day, says the bank."""

    day: date
    currency: str
    per_euro: Decimal


@dataclass(slots=True)
class Feed:
    """What a file says, by day and currency, and what in it could not be right."""

    rates: list[Published] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    left_out: int = 0

    def leave_out(self, problem: str) -> None:
        """Name what is wrong; the first few are kept."""
        self.left_out += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    @property
    def days(self) -> list[date]:
        """The days it speaks of, oldest first."""
        return sorted({rate.day for rate in self.rates})


def read_feed(body: bytes, *, today: date) -> Feed:
    """The rates in a file, oldest day first. Raises FeedUnreadable.

    Entities, document types and endless files are refused; so is a file without a single day.
    """
    if len(body) > MOST_BYTES:
        raise FeedUnreadable(f"The file has more than {MOST_BYTES} bytes.")
    feed = Feed()
    seen: dict[tuple[date, str], Decimal] = {}
    try:
        for day, currency, figure in _figures(body, feed, today):
            rate = _rate(day, currency, figure, feed)
            if rate is None:
                continue
            known = seen.setdefault((day, currency), rate.per_euro)
            if known != rate.per_euro:
                feed.leave_out(f"{currency} on {day} stands there twice: {known}, {figure}.")
            elif len(seen) > len(feed.rates):
                feed.rates.append(rate)
    except (ParseError, DefusedXmlException, UnicodeError, LookupError) as error:
        raise FeedUnreadable(f"The file cannot be read: {type(error).__name__}.") from error
    if not feed.rates:
        raise FeedUnreadable("The file holds no rate.")
    feed.rates.sort(key=lambda rate: (rate.day, rate.currency))
    return feed


def _figures(body: bytes, feed: Feed, today: date) -> Iterator[tuple[date, str, str]]:
    """Every figure with the day it stands under, as text."""
    day: date | None = None
    count = 0
    for event, cube in iterparse(
        BytesIO(body), events=("start", "end"), forbid_dtd=True, forbid_entities=True
    ):
        if cube.tag != CUBE:
            continue
        if event == "end":
            cube.clear()  # a day that was read need not be kept
        elif "time" in cube.attrib:
            day = _day(cube, feed, today)
        elif "currency" in cube.attrib and day is not None:
            count += 1
            if count > MOST_FIGURES:
                raise FeedUnreadable(f"The file has more than {MOST_FIGURES} figures.")
            yield day, cube.attrib["currency"], cube.attrib.get("rate", "")


def _day(cube: Any, feed: Feed, today: date) -> date | None:
    said = cube.attrib["time"]
    try:
        day = date.fromisoformat(said)
    except ValueError:
        feed.leave_out(f"{said[:20]!r} is no day.")
        return None
    if not SINCE <= day <= today:
        feed.leave_out(f"{day} cannot have been published.")
        return None
    return day


def _rate(day: date, currency: str, figure: str, feed: Feed) -> Published | None:
    if figure == "N/A":  # how the bank writes that it quotes a currency no more
        return None
    if currency not in CURRENCIES or currency == "EUR":
        feed.leave_out(f"{currency[:8]!r} is not a currency.")
    elif not FIGURE.fullmatch(figure) or not Decimal(figure):
        feed.leave_out(f"{currency} on {day} cannot be {figure[:20]!r}.")
    else:
        return Published(day, currency, Decimal(figure))
    return None
