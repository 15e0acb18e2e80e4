"""Which published figures are used at once, and which a person looks at first. Pure.

A currency that moves by more than a limit from one publication to the next is either news or a
mistake, and money would be counted by it. It is held, unless the publication that follows in the
same file says the same again: then the move is real (the franc on 15 January 2015).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from commerce.rates.feed import Published

COMPARED_WITHIN = timedelta(days=31)  # what was worth something else last year says nothing
Key = tuple[str, date, Decimal]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure, and why it is held; an empty reason lets it into force."""

    rate: Published
    held: str = ""


def judge(
    rates: Sequence[Published],
    *,
    before: Mapping[str, tuple[date, Decimal]],
    accepted: Collection[Key],
    limit_percent: int,
) -> Iterator[Verdict]:
    """A verdict for every figure, a currency after the other.

    `before` is what was last in force ahead of these days, `accepted` what somebody let into force
    already: it is believed again.
    """

    def currency(rate: Published) -> str:
        return rate.currency

    for code, some in groupby(sorted(rates, key=lambda r: (r.currency, r.day)), key=currency):
        of_currency = list(some)
        last = before.get(code)
        for place, rate in enumerate(of_currency):
            known = (code, rate.day, rate.per_euro) in accepted
            following = of_currency[place + 1] if place + 1 < len(of_currency) else None
            moved = _moved(last, rate, limit_percent)
            if moved and not known and not _says_the_same(following, rate, limit_percent):
                yield Verdict(rate, moved)
                continue
            last = (rate.day, rate.per_euro)
            yield Verdict(rate)


def _moved(last: tuple[date, Decimal] | None, rate: Published, limit: int) -> str:
    """How far it moved, when that is too far; "" when it is not."""
    if last is None or rate.day - last[0] > COMPARED_WITHIN:
        return ""
    percent = percent_between(last[1], rate.per_euro)
    if abs(percent) <= limit:
        return ""
    return f"Moved by {percent:+.1f} % since {last[0]}, when one euro was {_plain(last[1])}."


def _says_the_same(following: Published | None, rate: Published, limit: int) -> bool:
    return following is not None and (
        abs(percent_between(rate.per_euro, following.per_euro)) <= limit
    )


def percent_between(old: Decimal, new: Decimal) -> Decimal:
    """By how many percent of `old` it became `new`."""
    return (new - old) * 100 / old


def _plain(rate: Decimal) -> str:
    return f"{rate.normalize():f}"
