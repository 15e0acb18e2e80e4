"""The columns a target knows, and which heading of a file means which of them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from core.bulk.cells import Text
from core.bulk.harmless import as_it_was, is_formula

NEAR_ENOUGH = 0.86


@dataclass(frozen=True)
class Column:
    """One field of a target as a column of a file."""

    name: str
    label: str
    kind: Text = field(default_factory=Text)
    required: bool = False
    aliases: tuple[str, ...] = ()
    help: str = ""
    example: str = ""
    only_out: bool = False  # exported, never imported (totals kept by the database)


class RowRefused(ValueError):
    """One row cannot be meant; the text says why, naming the columns."""


def suggest(headings: Iterable[str], columns: Iterable[Column]) -> dict[str, str]:
    """Which column each heading seems to mean; headings that mean none are left out."""
    known: dict[str, str] = {}
    importable = [column for column in columns if not column.only_out]
    for column in importable:
        for word in (column.name, column.label, *column.aliases):
            known.setdefault(_plain(word), column.name)
    found: dict[str, str] = {}
    taken: set[str] = set()
    rest = []
    for heading in headings:
        name = known.get(_plain(heading))
        if name and name not in taken:
            found[heading] = name
            taken.add(name)
        elif not name:
            rest.append(heading)
    for heading in rest:
        near = [
            (SequenceMatcher(None, _plain(heading), word).ratio(), name)
            for word, name in known.items()
            if name not in taken
        ]
        score, name = max(near, default=(0.0, ""))
        if score >= NEAR_ENOUGH:
            found[heading] = name
            taken.add(name)
    return found


def _plain(word: str) -> str:
    return re.sub(r"[\W_]+", "", word.casefold())


def read_cells(
    columns: Mapping[str, Column], cells: Mapping[str, str], *, empty_clears: bool = False
) -> dict[str, Any]:
    """The values of a row by column name. Raises RowRefused with every reason there is.

    An empty cell says nothing, or, with `empty_clears`, that the field is to be empty.
    """
    values: dict[str, Any] = {}
    wrong = []
    for name, cell in cells.items():
        column = columns[name]
        if not cell.strip():
            if column.required:
                wrong.append(f"{column.label} is needed")
            elif empty_clears:
                values[name] = column.kind.empty
            continue
        if is_formula(cell):
            wrong.append(f"{column.label} is a formula; put its value there")
            continue
        try:
            values[name] = column.kind.clean(as_it_was(cell))
        except ValueError as reason:
            wrong.append(f"{column.label} {reason}")
    if wrong:
        raise RowRefused(f"{'; '.join(wrong)}.")
    return values
