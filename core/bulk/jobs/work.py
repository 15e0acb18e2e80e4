"""Working a job off: step by step, each batch committed with the place it ends at."""

import time
import traceback
from collections.abc import Callable
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from core.audit import record_audit
from core.bulk.jobs.batches import next_batch
from core.bulk.jobs.claims import LOST_TOO_OFTEN, WHO, Claim, Stopped, claim, let_go, write_down
from core.bulk.jobs.export import write_file
from core.bulk.jobs.heartbeat import Heartbeat
from core.bulk.jobs.log import told
from core.bulk.jobs.ring import ring
from core.bulk.jobs.staging import stage
from core.bulk.jobs.trial import Trial
from core.enums import BulkState, BulkStep
from core.errors import Conflict, DomainError
from core.identity import Identity, Role, acting_as, acting_as_system
from core.models import BulkJob

logger = structlog.get_logger(__name__)

BUDGET_SECONDS = 30.0  # then another job gets its turn; an export is never cut
Watch = Callable[[BulkJob], None]
START_AGAIN = {"done": 0, "new": 0, "changed": 0, "unchanged": 0, "refused": 0, "place": 0}


def work_off(*, only: UUID | None = None, budget: float = BUDGET_SECONDS) -> int:
    """Work jobs off until none waits or `budget` seconds passed; returns how many were touched."""
    until = time.monotonic() + budget
    touched = 0
    while time.monotonic() < until:
        taken = claim(only)
        if taken is None:
            return touched
        touched += 1
        work(taken, until=until)
    ring()
    return touched


def unwatched(job: BulkJob) -> None:
    """Nobody looks on."""


def work(taken: Claim, *, until: float, watch: Watch = unwatched) -> None:
    """One job, until it ends, waits for its person, or its time is up. Errors end up on the job.

    `watch` is shown the job after each batch that was read or carried out.
    """
    job = taken.job
    identity = Identity(Role.SYSTEM, job.user_id, f"bulk {job.kind} {job.pk}")
    with acting_as(identity):
        try:
            _refuse_what_kills(job)
            _steps(taken, until, watch)
        except Stopped:
            logger.info("bulk.stopped", job=str(job.pk))
        except (OperationalError, InterfaceError):
            raise  # the database is away: the lease runs out, and another goes on
        except Exception as error:
            logger.exception("bulk.failed", job=str(job.pk))
            _fail(taken, error)


def _refuse_what_kills(job: BulkJob) -> None:
    if job.lost_leases >= LOST_TOO_OFTEN:
        raise Conflict(
            f"Its worker died {job.lost_leases} times after row {job.place}; what follows that row "
            "kills it."
        )


def _steps(taken: Claim, until: float, watch: Watch) -> None:
    job = taken.job
    if job.step == BulkStep.EXPORT:
        write_file(taken)
        return
    if job.step == BulkStep.READ:
        with Heartbeat(taken) as heartbeat:
            if not stage(taken, heartbeat, until=until, watch=watch):
                hand_back(taken)
                return
        with transaction.atomic():
            straight = job.options.get("go_on") == "yes"
            write_down(taken, step=BulkStep.WRITE if straight else BulkStep.CHECK, **START_AGAIN,
                       log=told(job, f"{job.total:,} rows read."))  # fmt: skip
    with Heartbeat(taken) as heartbeat:
        began = time.monotonic()
        trial = Trial(taken)
        # a target that walked the whole file first is at work for as long as that took it, at least
        until = max(until, 2 * time.monotonic() - began)
        while batch := next_batch(job, trial.target.batch):
            heartbeat.check()
            trial.carry_out(batch)
            watch(job)
            if time.monotonic() >= until:
                hand_back(taken)
                return
    _end_of_step(taken)


def hand_back(taken: Claim) -> None:
    """Somebody else's turn; the job waits in the queue again, where it stands."""
    with transaction.atomic():
        let_go(taken, BulkState.QUEUED)


def _end_of_step(taken: Claim) -> None:
    """A check ends with a person, who reads what would happen; writing ends the job."""
    job = taken.job
    figures = (
        f"{job.new:,} new, {job.changed:,} changed, {job.unchanged:,} as they were, "
        f"{job.refused:,} refused."
    )
    with transaction.atomic():
        if job.step == BulkStep.CHECK:
            let_go(taken, BulkState.CHECKED, log=told(job, f"Checked: {figures}"))
            return
        let_go(taken, BulkState.DONE, finished_at=timezone.now(),
               log=told(job, f"Done: {figures}"))  # fmt: skip
        record_audit(
            action="bulk.imported", resource=job,
            details={"target": job.target, "new": job.new, "changed": job.changed,
                     "unchanged": job.unchanged, "refused": job.refused},
        )  # fmt: skip


def _fail(taken: Claim, error: Exception) -> None:
    """For the person in their words, for the log in ours. The job can be resumed."""
    if isinstance(error, DomainError):
        words = error.message
    else:
        last = traceback.format_exception_only(error)[-1].strip()
        words = f"Something of ours failed: {last[:500]}"
    with acting_as_system(WHO), transaction.atomic():
        current = BulkJob.objects.get(pk=taken.id)
        try:
            let_go(taken, BulkState.FAILED, error=words, finished_at=timezone.now(),
                   log=told(current, words))  # fmt: skip
        except Stopped:
            logger.info("bulk.stopped", job=str(taken.id))
