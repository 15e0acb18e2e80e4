"""The three files, in the bank's own form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from xml.sax.saxutils import quoteattr

from rehearsal.ecb.days import FIRST, days
from rehearsal.ecb.rates import CURRENCIES, figure

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" \
xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
\t<gesmes:subject>Reference rates</gesmes:subject>
\t<gesmes:Sender>
\t\t<gesmes:name>European Central Bank</gesmes:name>
\t</gesmes:Sender>
\t<Cube>
"""
FOOT = "\t</Cube>\n</gesmes:Envelope>"
REACH = {
    "eurofxref-daily.xml": timedelta(0),
    "eurofxref-hist-90d.xml": timedelta(days=90),
    "eurofxref-hist.xml": None,
}

DAYS_A_PIECE = 250

Said = Mapping[tuple[date, str], str]


def file_named(name: str, *, newest: date, said: Said) -> Iterator[str] | None:
    """The file as it is on the day `newest`, in pieces; `said` are figures somebody set, those set
    to nothing are left out. None: no such file."""
    if name not in REACH:
        return None
    reach = REACH[name]
    return _pieces(FIRST if reach is None else newest - reach, newest, said)


def _pieces(first: date, newest: date, said: Said) -> Iterator[str]:
    yield HEAD
    listed = days(first, newest)
    while some := list(islice(listed, DAYS_A_PIECE)):
        yield "".join(_day(day, said) for day in some)
    yield FOOT


def _day(day: date, said: Said) -> str:
    cubes = "".join(
        f"\t\t\t<Cube currency={quoteattr(currency)} rate={quoteattr(rate)}/>\n"
        for currency, rate in _figures(day, said)
    )
    return f'\t\t<Cube time="{day}">\n{cubes}\t\t</Cube>\n'


def _figures(day: date, said: Said) -> Iterable[tuple[str, str]]:
    for currency in CURRENCIES:
        rate = said.get((day, currency), figure(currency, day))
        if rate:
            yield currency, rate
    for (of_day, currency), rate in said.items():
        if of_day == day and currency not in CURRENCIES and rate:
            yield currency, rate
