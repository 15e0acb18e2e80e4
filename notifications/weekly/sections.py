"""What stands in the weekly report. This floor does not know what an order is; whoever does adds a
section:

    @report_section
    def orders(readers: Sequence[Reader], period: Period) -> Lines:
        \"\"\"One query for all readers; people with nothing to tell are left out.\"\"\"

Sections run as the house, once for some hundreds of readers, and write in each reader's language.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Period:
    """From one Monday midnight to the next, on the readers' clock, as moments."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a report is for."""

    user_id: UUID
    language: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a name, a value, and a word beside it, in the reader's language and digits.

    `total` puts it at the foot of the table.
    """

    name: str
    value: str
    note: str = ""
    total: bool = False


Lines = Mapping[UUID, Sequence[Row]]
Section = Callable[[Sequence[Reader], Period], Lines]
SECTIONS: dict[str, Section] = {}


def report_section(make: Section) -> Section:
    """Have what `make` returns in everybody's weekly report."""
    SECTIONS[f"{make.__module__}.{make.__qualname__}"] = make
    return make
