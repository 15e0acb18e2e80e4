"""Paystack's side of the books: every object it knows, in the order it came to be."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from rehearsal.journal import Entry, Journal
from rehearsal.paystack.errors import not_found

Row = dict[str, Any]
FIRST_ID = 4_100_000_001
_LETTERS = string.ascii_lowercase + string.digits


def now() -> str:
    """This moment as Paystack writes it: "2026-11-20T13:45:57.123Z"."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """The other way round."""
    return datetime.fromisoformat(text)


def code(prefix: str, length: int = 15) -> str:
    """ "CUS_x1…": a fresh code of one of Paystack's kinds."""
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(length))


def shown(row: Row) -> Row:
    """The row as the outside sees it: what begins with "_" stays inside."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


class Book:
    """Rows by kind and numeric id; `save` is the only way in and reaches the journal."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.tables: dict[str, dict[int, Row]] = {}
        self._last_id = FIRST_ID

    def new_id(self) -> int:
        """The next id; all kinds share one row of numbers."""
        self._last_id += 1
        return self._last_id

    def save(self, kind: str, *rows: Row) -> None:
        """Add or change rows."""
        for row in rows:
            self._put(kind, row)
            self.journal.record("paystack", kind, row)

    def restore(self, entry: Entry) -> None:
        """Take back one journal line."""
        self._put(entry.kind, entry.data)
        self._last_id = max(self._last_id, entry.data["id"])

    def clear(self) -> None:
        """Forget everything."""
        self.tables.clear()

    def all(self, kind: str) -> list[Row]:
        """Newest first, as Paystack lists."""
        return list(reversed(self.tables.get(kind, {}).values()))

    def where(self, kind: str, **values: Any) -> Iterator[Row]:
        """Rows with these field values, newest first."""
        return (row for row in self.all(kind) if all(row.get(k) == v for k, v in values.items()))

    def get(self, kind: str, wanted: str | int, *names: str) -> Row:
        """The row by its id, or by one of the fields `names`. Paystack's refusal otherwise."""
        text = str(wanted)
        table = self.tables.get(kind, {})
        if text.isascii() and text.isdecimal() and int(text) in table:
            return table[int(text)]
        for row in table.values():
            if any(row.get(name) == text for name in names):
                return row
        raise not_found(kind.capitalize())

    def _put(self, kind: str, row: Row) -> None:
        self.tables.setdefault(kind, {})[row["id"]] = row
