"""Reading a file into rows of the database, once, so that everything after can be resumed.

Rows of one key share the place of the first of them. Where they stand together in the file (as
they nearly always do) the reader says so; where they do not, one statement puts them together.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection, transaction

from core.bulk.columns import RowRefused
from core.bulk.files.layout import Layout
from core.bulk.files.reading import headings_and_rows
from core.bulk.files.refusals import UnreadableFile
from core.bulk.files.storage import local_copy
from core.bulk.jobs.claims import Claim, write_down
from core.bulk.jobs.heartbeat import Heartbeat
from core.bulk.limits import MAX_GROUP
from core.bulk.targets import Target, target_called
from core.enums import BulkFormat
from core.models import BulkJob

BATCH = 2_000
ANEW = -1  # a job's place: rows that an earlier reading left are to go first

INSERT = """
INSERT INTO core_bulkrow (job_id, number, place, key, cells, outcome, reason)
SELECT %s, number, place, key, cells::jsonb, outcome, reason
FROM unnest(%s::int[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[])
     AS r(number, place, key, cells, outcome, reason)
"""
FORGET = """
DELETE FROM core_bulkrow WHERE id IN (SELECT id FROM core_bulkrow WHERE job_id = %s LIMIT %s)
"""
LAST = "SELECT max(number), count(*) FROM core_bulkrow WHERE job_id = %s"
# One pass over the job's rows, those to be moved then by their ids: these rows are so young that
# the planner has no statistics of them, takes them for one, and would pair each with each, if it
# were let (see where it is carried out).
TOGETHER = """
UPDATE core_bulkrow r SET place = apart.first
FROM (SELECT id, place, min(place) OVER (PARTITION BY key) AS first FROM core_bulkrow
      WHERE job_id = %(job)s AND key <> '') apart
WHERE r.id = apart.id AND apart.place <> apart.first
"""
LARGEST = """
SELECT key, count(*) FROM core_bulkrow WHERE job_id = %s AND key <> ''
GROUP BY key HAVING count(*) > %s LIMIT 1
"""


@dataclass(slots=True)
class _Batch:
    numbers: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def add(self, number: int, place: int, key: str, cells: list[str], reason: str) -> None:
        self.numbers.append(number)
        self.places.append(place)
        self.keys.append(key)
        self.cells.append(json.dumps(cells, ensure_ascii=False))
        self.outcomes.append("refused" if reason else "waiting")
        self.reasons.append(reason)


def stage(
    taken: Claim, heartbeat: Heartbeat, *, until: float, watch: Callable[[BulkJob], None]
) -> bool:
    """Read on where an earlier worker stopped; False when the time is up before the end.

    `watch` is shown the job after each batch. Raises UnreadableFile, whose rows so far are never
    written anywhere else.
    """
    job = taken.job
    target = target_called(job.target)
    if job.place == ANEW:
        _forget_rows(taken, heartbeat)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(LAST, [job.pk])
        last, count = cursor.fetchone()
    reader = _Reader(job, target)
    with local_copy(job.file) as file:
        _, rows = headings_and_rows(file, reader.layout)
        batch = _Batch()
        for number, cells in rows:
            key, place, reason = reader.look_at(number, cells)
            if last is not None and number <= last:
                continue
            batch.add(number, place, key, cells, reason)
            count += 1
            if len(batch.numbers) == BATCH:
                heartbeat.check()
                _insert(taken, batch, count)
                watch(job)
                batch = _Batch()
                if time.monotonic() >= until:
                    return False
        _insert(taken, batch, count)
    _put_together(taken, count)
    return True


def _forget_rows(taken: Claim, heartbeat: Heartbeat) -> None:
    while True:
        heartbeat.check()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(FORGET, [taken.id, BATCH * 5])
            if not cursor.rowcount:
                write_down(taken, place=0)
                return


class _Reader:
    """Tells each row its key and place."""

    def __init__(self, job: BulkJob, target: Target) -> None:
        self.layout = Layout(**job.layout)
        self._target, self._options = target, job.options
        headings = self.layout.headings
        self._columns = {headings.index(heading): name for heading, name in job.columns.items()}
        self._width = len(headings)
        self._strict = self.layout.format == BulkFormat.CSV
        self._key, self._place = "", 0

    def look_at(self, number: int, cells: list[str]) -> tuple[str, int, str]:
        """Key, place, and why the row is refused before anybody looks into its cells."""
        wrong = len(cells) != self._width if self._strict else len(cells) > self._width
        if wrong:
            self._key = ""
            return "", number, f"{len(cells)} cells instead of {self._width}."
        named = {
            name: cells[index] if index < len(cells) else ""
            for index, name in self._columns.items()
        }
        try:
            key = self._target.key(named, self._options)
        except RowRefused as refusal:
            self._key = ""
            return "", number, str(refusal)
        if key != self._key:
            self._key, self._place = key, number
        return key, self._place, ""


def _insert(taken: Claim, batch: _Batch, count: int) -> None:
    with transaction.atomic():
        if batch.numbers:
            with connection.cursor() as cursor:
                cursor.execute(
                    INSERT,
                    [taken.id, batch.numbers, batch.places, batch.keys, batch.cells,
                     batch.outcomes, batch.reasons],
                )  # fmt: skip
        write_down(taken, done=count, total=count, lost_leases=0)


def _put_together(taken: Claim, count: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if not count:
            raise UnreadableFile("The file holds headings and no row below them.")
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(TOGETHER, {"job": taken.id})
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
        cursor.execute(LARGEST, [taken.id, MAX_GROUP])
        if row := cursor.fetchone():
            raise UnreadableFile(
                f"{row[1]:,} rows belong to {row[0][:80]!r}; {MAX_GROUP:,} is the most."
            )
        write_down(taken, done=count, total=count, lost_leases=0)
