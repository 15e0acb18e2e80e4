"""A ledger's file as a bulk job: unpacked, known by its content, resumed, reported."""

import csv
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.db import connection, transaction

from commerce.imports.ledger import ledger_mapping
from commerce.imports.online_retail import COLUMNS, NAME
from core.bulk.files.refusals import UnreadableFile
from core.bulk.files.storage import BLOCK, IN_MEMORY
from core.bulk.harmless import harmless
from core.bulk.jobs.imports import apply_mapping, begin_check, open_import
from core.bulk.jobs.steering import resume
from core.bulk.limits import max_bytes
from core.enums import BulkKind, BulkState
from core.models import BulkJob

GOES_ON = (BulkState.QUEUED, BulkState.RUNNING, BulkState.PAUSED, BulkState.FAILED)

DECISIONS = """
SELECT number, outcome, reason, cells FROM core_bulkrow
WHERE job_id = %s AND reason <> '' ORDER BY number
"""
ORDERS = """
SELECT count(DISTINCT place) FILTER (WHERE outcome = 'new'),
       count(DISTINCT place) FILTER (WHERE outcome IN ('unchanged', 'changed'))
FROM core_bulkrow WHERE job_id = %s
"""


def begin(path: Path, *, from_start: bool = False) -> BulkJob:
    """The job that brings this file in; the one there is already, unless it is to be anew.

    Raises UnreadableFile for what is no such file, before anything is written.
    """
    with _unpacked(path) as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
        earlier = None if from_start else _earlier(digest)
        if earlier is not None:
            return _on(earlier)
        job = open_import(target="orders", content=content, file_name=path.name)
    if job.layout["headings"] != COLUMNS:
        raise UnreadableFile(f"The first line must be: {','.join(COLUMNS)}")
    mapping = ledger_mapping()
    return begin_check(
        job_id=job.pk, columns=apply_mapping(mapping, COLUMNS), options=mapping.options,
        mapping=mapping, go_on=True,
    )  # fmt: skip


@contextmanager
def _unpacked(path: Path) -> Iterator[IO[bytes]]:
    """The file's own bytes, or those in its gzip, within the limit."""
    with SpooledTemporaryFile(max_size=IN_MEMORY) as content:
        size = 0
        try:
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as packed:
                while block := packed.read(BLOCK):
                    size += len(block)
                    if size > max_bytes():
                        raise UnreadableFile(f"The file is larger than {max_bytes() // 2**20} MB.")
                    content.write(block)
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableFile(f"{path.name} cannot be read: {error}") from error
        content.seek(0)
        yield content


def _earlier(digest: str) -> BulkJob | None:
    with transaction.atomic():
        return (
            BulkJob.objects.filter(
                kind=BulkKind.IMPORT, target="orders", sha256=digest, options__rules=NAME,
                state__in=[*GOES_ON, BulkState.DONE],
            )
            .order_by("-id")
            .first()
        )  # fmt: skip


def _on(job: BulkJob) -> BulkJob:
    return resume(job_id=job.pk) if job.state in (BulkState.PAUSED, BulkState.FAILED) else job


def orders_of(job: BulkJob) -> tuple[int, int]:
    """How many orders were new, how many known."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ORDERS, [job.pk])
        new, known = cursor.fetchone()
    return int(new), int(known)


def write_report(job: BulkJob, path: Path) -> None:
    """One line a remark: where, what was decided, why, and the row itself, made harmless."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "decision", "reason", "row"])
        writer.writerows(_decisions(job))


def _decisions(job: BulkJob) -> Iterator[list[Any]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DECISIONS, [job.pk])
        for number, outcome, reason, cells in cursor.fetchall():
            row = cells if isinstance(cells, str) else ",".join(cells)
            decision = "left out" if outcome == "refused" else "kept"
            yield [number, decision, reason, harmless(row)]
