"""What became of a file's rows, as files to look at or to mend and bring in again."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction

from core.bulk.harmless import harmless
from core.enums import BulkOutcome
from core.identity import Identity, acting_as, current_identity
from core.models import BulkJob

PAGE = 2_000
Row = tuple[int, str, str, Any, list[str]]  # number, outcome, reason, changes, cells
REASON = "Why it was refused"

ROWS = """
SELECT number, place, outcome, reason, changes, cells FROM core_bulkrow
WHERE job_id = %s AND (place, number) > (%s, %s)
  AND (%s = '' OR outcome = %s)
ORDER BY place, number LIMIT %s
"""


def refused_rows(job: BulkJob) -> Iterator[str]:
    """CSV: the refused rows as they came, and why. Mended, it can be uploaded as it is.

    May be read after the request's own transaction is over: it acts as who is acting now.
    """
    return _refused(job, _rows(job, BulkOutcome.REFUSED, current_identity()))


def _refused(job: BulkJob, rows: Iterator[Row]) -> Iterator[str]:
    headings = [*job.layout["headings"], REASON]
    yield "\ufeff" + _line(headings)
    width = len(headings) - 1
    for _, _, reason, _, cells in rows:
        padded = [*cells, *[""] * (width - len(cells))][:width]
        yield _line([harmless_again(cell) for cell in padded] + [harmless(reason)])


def harmless_again(cell: str) -> str:
    """A stranger's cell as it is written back: apostrophes that it came with are not doubled."""
    return cell if cell.startswith("'") else harmless(cell)


def differences(job: BulkJob) -> Iterator[str]:
    """CSV: what each row does, field by field, from what to what; read as above."""
    return _differences(job, _rows(job, "", current_identity()))


def _differences(job: BulkJob, rows: Iterator[Row]) -> Iterator[str]:
    yield "\ufeff" + _line(["Row", "Outcome", "Field", "From", "To", "Reason"])
    names = {job.layout["headings"].index(heading): name for heading, name in job.columns.items()}
    for number, outcome, reason, changes, cells in rows:
        if outcome == BulkOutcome.NEW and not changes:
            for place, name in names.items():
                if place < len(cells) and cells[place]:
                    yield _line([number, outcome, name, "", harmless_again(cells[place]), ""])
        elif not changes:
            yield _line([number, outcome, "", "", "", harmless(reason)])
        for name, (before, after) in (changes or {}).items():
            yield _line([number, outcome, name, harmless(_text(before)), harmless(_text(after)),
                         harmless(reason)])  # fmt: skip


def some_rows(job: BulkJob, outcome: str, *, most: int) -> list[dict[str, Any]]:
    """The first rows of one outcome, for the page."""
    with transaction.atomic():
        return [
            {
                "number": number,
                "reason": reason,
                "changes": [(name, _text(a), _text(b)) for name, (a, b) in (changes or {}).items()],
                "cells": [cell[:60] for cell in cells if cell][:6],
            }
            for number, _, reason, changes, cells in _page(job, outcome, (-1, -1), most)[0]
        ]


def _rows(job: BulkJob, outcome: str, reader: Identity) -> Iterator[Row]:
    behind = (-1, -1)
    while True:
        with acting_as(reader), transaction.atomic():
            page, behind = _page(job, outcome, behind, PAGE)
        yield from page
        if len(page) < PAGE:
            return


def _page(
    job: BulkJob, outcome: str, behind: tuple[int, int], most: int
) -> tuple[list[Row], tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [job.pk, *behind, outcome, outcome, most])
        found = cursor.fetchall()
    rows = [
        (number, outcome_, reason, _decoded(changes), _decoded(cells))
        for number, _, outcome_, reason, changes, cells in found
    ]
    return rows, (found[-1][1], found[-1][0]) if found else behind


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _line(cells: Iterable[Any]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue()
