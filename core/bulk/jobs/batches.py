"""Cutting staged rows into batches of whole groups."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from core.bulk.limits import MAX_GROUP
from core.models import BulkJob

ROWS = """
SELECT id, number, place, key, cells, reason FROM core_bulkrow
WHERE job_id = %s AND place > %s ORDER BY place, number LIMIT %s
"""
WHOLE = """
SELECT id, number, place, key, cells, reason FROM core_bulkrow
WHERE job_id = %s AND place = %s ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class StagedRow:
    """A row as it lies in the database. Without a key it was refused when it was read."""

    id: int
    number: int
    place: int
    key: str
    cells: list[str]
    reason: str


def next_batch(job: BulkJob, size: int) -> list[list[StagedRow]]:
    """The next whole groups behind the job's place, about `size` rows of them."""
    with transaction.atomic():
        rows = _fetch(ROWS, [job.pk, job.place, size + 1])
        if len(rows) > size:  # the last group may go on behind what was fetched
            last = rows[-1].place
            whole = [row for row in rows if row.place != last]
            rows = whole or _fetch(WHOLE, [job.pk, last])
    return [list(group) for _, group in groupby(rows, key=lambda row: row.place)]


def all_rows(job: BulkJob) -> Iterator[StagedRow]:
    """Every row of the file in the order of its groups, a few at a time."""
    place = -1
    while True:
        with transaction.atomic():
            rows = _fetch(ROWS, [job.pk, place, MAX_GROUP * 2])
        if not rows:
            return
        last = rows[-1].place
        if len(rows) == MAX_GROUP * 2:
            rows = [row for row in rows if row.place != last]
        yield from rows
        place = rows[-1].place


def _fetch(sql: str, values: list[Any]) -> list[StagedRow]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [
            StagedRow(id_, number, place, key, _decoded(cells), reason)
            for id_, number, place, key, cells, reason in cursor.fetchall()
        ]


def _decoded(cells: Any) -> list[str]:
    """Django leaves jsonb as text on raw cursors."""
    return json.loads(cells) if isinstance(cells, str) else cells
