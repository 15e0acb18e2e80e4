"""Stopping a job and having it go on: conditional updates, so that no worker is waited for."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.audit import record_audit
from core.bulk.jobs.imports import lock_job
from core.bulk.jobs.log import told
from core.bulk.jobs.ring import ring_after_commit
from core.enums import BulkKind, BulkState, BulkStep
from core.errors import Conflict
from core.identity import acting_as_system
from core.models import BulkJob

AT_WORK = (BulkState.QUEUED, BulkState.RUNNING)
ENDED = (BulkState.DONE, BulkState.CANCELLED)


def pause(*, job_id: UUID) -> BulkJob:
    """Stop after the last finished batch. Raises Conflict unless it waits or runs."""
    return _move(job_id, AT_WORK, BulkState.PAUSED, "Paused.")


def resume(*, job_id: UUID) -> BulkJob:
    """Go on behind the last finished batch. Raises Conflict for what is at work or at its end.

    What was paused or failed goes on; so does a cancelled import that had begun to write.
    """
    return _move(
        job_id, (BulkState.PAUSED, BulkState.FAILED, BulkState.CANCELLED), BulkState.QUEUED,
        "Resumed.",
    )  # fmt: skip


def cancel(*, job_id: UUID) -> BulkJob:
    """Stop for good; what is written stays written. Raises Conflict when it has ended."""
    return _move(
        job_id,
        (*AT_WORK, BulkState.PAUSED, BulkState.CHECKED, BulkState.DRAFT, BulkState.FAILED),
        BulkState.CANCELLED,
        "Cancelled.",
    )


def _move(job_id: UUID, sources: tuple[BulkState, ...], to: BulkState, sentence: str) -> BulkJob:
    with acting_as_system("bulk job"), transaction.atomic():
        job = lock_job(job_id)
        if job.state not in sources:
            raise Conflict(f"This job is {job.get_state_display().lower()}.")
        if to == BulkState.QUEUED and not _may_go_on(job):
            raise Conflict("There is nothing to go on with; begin anew.")
        job.state = to
        job.lease_until, job.lost_leases = None, 0
        job.error = "" if to == BulkState.QUEUED else job.error
        job.finished_at = timezone.now() if to == BulkState.CANCELLED else None
        job.log = told(job, sentence)
        job.save()
        record_audit(action=f"bulk.{to}", resource=job, details={"target": job.target})
        if to == BulkState.QUEUED:
            ring_after_commit()
    return job


def _may_go_on(job: BulkJob) -> bool:
    """Whether the job knows what to do and still has what it needs."""
    if job.kind == BulkKind.EXPORT:
        return True
    return job.step == BulkStep.WRITE or (bool(job.columns) and bool(job.file))
