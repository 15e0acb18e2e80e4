"""Writing a file: one cursor of the database, one row after another, whatever their number.

Read with the eyes of the person who asked (their role, their rows), in one transaction, from one
cursor that stays in the database; what is in memory is a page of rows. Killed, it begins anew:
a file from two snapshots would be a file of no moment.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from tempfile import NamedTemporaryFile
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core.audit import record_audit
from core.bulk.columns import Column
from core.bulk.files.plain import CsvWriter
from core.bulk.files.storage import keep
from core.bulk.files.xlsx import XlsxWriter
from core.bulk.jobs.claims import WHO, Claim, let_go, write_down
from core.bulk.jobs.heartbeat import Heartbeat
from core.bulk.jobs.log import told
from core.bulk.targets import Target, by_name, target_called
from core.enums import BulkFormat, BulkState
from core.identity import Identity, Role, acting_as, acting_as_system
from core.models import BulkJob

PAGE = 500
TELL_EVERY = 1.0  # seconds


def write_file(taken: Claim) -> None:
    """Write the job's file and put it away. Raises Stopped when the job was cancelled."""
    job = taken.job
    target = target_called(job.target)
    with transaction.atomic():
        known = by_name(target.columns())
    columns = [known[name] for name in job.columns if name in known]
    written = total = 0
    with NamedTemporaryFile(suffix=f".{job.format}") as file:
        with Heartbeat(
            taken, every=TELL_EVERY, figures=lambda: {"done": written, "total": total}
        ) as heartbeat:
            reader = Identity(Role(job.role), job.user_id, f"export {job.pk}")
            with acting_as(reader), transaction.atomic():
                total = target.chosen(job.options).count()
                writer = _writer(file, job)
                writer.write([column.label for column in columns])
                for cells in rows_of(target, job.options, columns):
                    writer.write(cells)
                    written += 1
                    if written % PAGE == 0:
                        heartbeat.check()
                writer.close()
            name, digest, size = keep(file, job_id=job.pk, suffix=f".{job.format}")
        _finish(taken, name, digest, size, written)


def rows_of(
    target: Target, options: dict[str, Any], columns: Sequence[Column]
) -> Iterator[list[Any]]:
    """Cells of all chosen rows, in the caller's transaction, under the caller's identity."""
    for ids in _pages(target, options):
        for values in target.lines(ids, columns):
            yield [column.kind.render(value) for column, value in zip(columns, values, strict=True)]


def _pages(target: Target, options: dict[str, Any]) -> Iterator[list[UUID]]:
    """Keys of the chosen rows, from a cursor that the database holds open."""
    sql, values = target.chosen(options).values_list("pk").query.sql_with_params()
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while page := cursor.fetchmany(PAGE):
            yield [row[0] for row in page]


def _writer(file: IO[bytes], job: BulkJob) -> CsvWriter | XlsxWriter:
    if job.format == BulkFormat.XLSX:
        return XlsxWriter(file, title=job.target)
    return CsvWriter(file)


def _finish(taken: Claim, name: str, digest: str, size: int, written: int) -> None:
    job = taken.job
    with acting_as_system(WHO), transaction.atomic():
        write_down(taken)
        let_go(
            taken, BulkState.DONE, file=name, sha256=digest, size=size, done=written,
            total=written, finished_at=timezone.now(),
            file_until=timezone.now() + timedelta(days=settings.BULK_KEEP_DAYS),
            log=told(job, f"{written:,} rows written."),
        )  # fmt: skip
    with acting_as(Identity(Role.SYSTEM, job.user_id, WHO)), transaction.atomic():
        record_audit(
            action="bulk.exported", resource=job, details={"target": job.target, "rows": written}
        )
