"""The three files, in the bank's own form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
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

Said = Mapping[tuple[date, str], str]


def file_named(name: str, *, newest: date, said: Said) -> str | None:
    """The file as it is on the day `newest`; `said` are figures somebody set. None: no such file.

    A figure that was set to nothing is left out.
    """
    if name not in REACH:
        return None
    reach = REACH[name]
    first = FIRST if reach is None else newest - reach
    return HEAD + "".join(_day(day, said) for day in days(first, newest)) + FOOT


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
