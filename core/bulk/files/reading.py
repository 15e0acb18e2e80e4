"""A file as headings and rows of texts, whatever it is, within the limits."""

from collections.abc import Iterator
from typing import IO

from core.bulk.files.layout import Layout
from core.bulk.files.plain import csv_rows
from core.bulk.files.refusals import UnreadableFile
from core.bulk.files.xlsx import xlsx_rows
from core.bulk.limits import MAX_CELL, MAX_COLUMNS, PREVIEW_ROWS, max_rows
from core.enums import BulkFormat

MOST_BLANK_ROWS = 10_000  # in a row: sheets that say they are a million rows long


def headings_and_rows(file: IO[bytes], layout: Layout) -> (
    tuple[list[str], Iterator[tuple[int, list[str]]]]
):  # fmt: skip
    """The first row, and the others with their numbers. Raises UnreadableFile, also on the way."""
    rows = _raw(file, layout)
    for _, cells in rows:
        if any(cell.strip() for cell in cells):
            return _headings(cells), _limited(rows)
    raise UnreadableFile("The file holds no row.")


def preview(file: IO[bytes], layout: Layout) -> tuple[list[str], list[list[str]]]:
    """The headings and the first rows."""
    headings, rows = headings_and_rows(file, layout)
    shown = []
    for _, cells in rows:
        shown.append([cell[:80] for cell in cells])
        if len(shown) == PREVIEW_ROWS:
            break
    return headings, shown


def _raw(file: IO[bytes], layout: Layout) -> Iterator[tuple[int, list[str]]]:
    if layout.format == BulkFormat.XLSX:
        return xlsx_rows(file, sheet=layout.sheet)
    return csv_rows(file, encoding=layout.encoding, delimiter=layout.delimiter)


def _headings(cells: list[str]) -> list[str]:
    if len(cells) > MAX_COLUMNS:
        raise UnreadableFile(f"The file has {len(cells)} columns; {MAX_COLUMNS} is the most.")
    names = [" ".join(cell.split())[:100] for cell in cells]
    named = [name or f"(column {place})" for place, name in enumerate(names, start=1)]
    twice = {name for name in named if named.count(name) > 1}
    if twice:
        raise UnreadableFile(f"Two columns are called {sorted(twice)[0]!r}.")
    return named


def _limited(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    count = blank = 0
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            blank += 1
            if blank > MOST_BLANK_ROWS:
                raise UnreadableFile(
                    f"{MOST_BLANK_ROWS:,} empty rows follow each other at row {number}."
                )
            continue
        blank = 0
        count += 1
        if count > max_rows():
            raise UnreadableFile(f"The file has more than {max_rows():,} rows. Cut it in parts.")
        if len(cells) > MAX_COLUMNS:
            raise UnreadableFile(f"Row {number} has {len(cells)} cells; {MAX_COLUMNS} is the most.")
        if any(len(cell) > MAX_CELL for cell in cells):
            raise UnreadableFile(f"Row {number}: a cell is longer than {MAX_CELL:,} characters.")
        yield number, cells
