"""Small files and jobs for tests."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook

from core.bulk.files.storage import private
from core.bulk.jobs.exports import open_export
from core.bulk.jobs.imports import begin_check, begin_write, open_import
from core.bulk.jobs.work import work_off
from core.models import BulkJob, BulkRow

LONG = 600.0  # seconds: tests are never cut into slices unless they mean to be


def as_csv(
    rows: Iterable[Sequence[Any]], *, delimiter: str = ",", encoding: str = "utf-8"
) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Iterable[Sequence[Any]], *, sheet: str = "Sheet") -> bytes:
    book = Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(target: str, content: bytes, *, name: str = "rows.csv", **how: str) -> BulkJob:
    return open_import(target=target, content=io.BytesIO(content), file_name=name, **how)


def try_out(job: BulkJob, *, columns: dict[str, str] | None = None, **options: str) -> BulkJob:
    """Map as suggested (or as told) and have each row tried."""
    begin_check(job_id=job.pk, columns=columns or job.columns, options=options)
    work_off(only=job.pk, budget=LONG)
    job.refresh_from_db()
    return job


def write(job: BulkJob) -> BulkJob:
    begin_write(job_id=job.pk)
    work_off(only=job.pk, budget=LONG)
    job.refresh_from_db()
    return job


def bring_in(target: str, rows: list[Sequence[Any]], **options: str) -> BulkJob:
    """Upload, try, write."""
    job = try_out(upload(target, as_csv(rows)), **options)
    assert job.state == "checked", job.error
    return write(job)


def figures(job: BulkJob) -> tuple[int, int, int, int]:
    """New, changed, unchanged, refused."""
    return job.new, job.changed, job.unchanged, job.refused


def reasons(job: BulkJob) -> dict[int, str]:
    return dict(BulkRow.objects.filter(job=job, outcome="refused").values_list("number", "reason"))


def take_out(
    target: str, *, format: str = "csv", columns: Sequence[str] = (), **options: Any
) -> bytes:
    """Export and read the file."""
    job = open_export(target=target, columns=columns, options=options, format=format)
    work_off(only=job.pk, budget=LONG)
    job.refresh_from_db()
    assert job.state == "done", job.error
    with private().open(job.file) as file:
        return bytes(file.read())


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
