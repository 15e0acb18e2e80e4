"""Files and rows of jobs go some days after their job has ended; what was done stays known."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core.bulk.files.storage import forget
from core.enums import BulkKind, BulkState
from core.identity import acting_as_system
from core.models import BulkJob

BATCH = 5_000
AT_REST = (BulkState.DONE, BulkState.FAILED, BulkState.CANCELLED, BulkState.CHECKED,
           BulkState.DRAFT, BulkState.PAUSED)  # fmt: skip

DELETE_ROWS = """
DELETE FROM core_bulkrow WHERE id IN (SELECT id FROM core_bulkrow WHERE job_id = %s LIMIT %s)
"""


def tidy_bulk_files() -> dict[str, int]:
    """Delete files and rows of jobs nobody touched for BULK_KEEP_DAYS."""
    before = timezone.now() - timedelta(days=settings.BULK_KEEP_DAYS)
    files = rows = 0
    with acting_as_system("tidy bulk files"):
        with transaction.atomic():
            old = list(
                BulkJob.objects.filter(state__in=AT_REST, updated_at__lt=before)
                .exclude(file="")
                .order_by("id")
            )
        for job in old:
            rows += _delete_rows(job)
            with transaction.atomic():
                # from now on it cannot be resumed; only then the file goes
                state = job.state if job.kind == BulkKind.EXPORT or job.state in (
                    BulkState.DONE, BulkState.FAILED) else BulkState.CANCELLED  # fmt: skip
                gone = BulkJob.objects.filter(pk=job.pk, state=job.state, file=job.file).update(
                    file="", file_until=None, state=state, updated_at=timezone.now()
                )
            if gone:
                forget(job.file)
                files += 1
    return {"files": files, "rows": rows}


def _delete_rows(job: BulkJob) -> int:
    deleted = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(DELETE_ROWS, [job.pk, BATCH])
            deleted += cursor.rowcount
            if cursor.rowcount < BATCH:
                return deleted
