"""Running a job once per due time, however many clocks ring."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models.functions import Now

from core.enums import RunState
from core.errors import NotFound
from core.identity import Identity, acting_as_system
from core.models import ScheduleRun
from core.schedule.jobs import JOBS, Job

logger = structlog.get_logger(__name__)

ERROR_LENGTH = 2_000
# Celery ends a job after an hour (core/tasks.py); one that is "running" for longer died.
LOST_AFTER = timedelta(minutes=70)

CLAIM = """
INSERT INTO core_schedulerun (job, due_at, state, result, error)
VALUES (%s, %s, 'running', '{}', '')
ON CONFLICT (job, due_at) DO NOTHING
RETURNING id
"""
GIVE_UP_LOST_RUNS = """
UPDATE core_schedulerun
SET state = 'failed', finished_at = clock_timestamp(), error = 'The worker died.'
WHERE job = %s AND state = 'running' AND started_at < clock_timestamp() - make_interval(secs => %s)
"""


def run_when_due(name: str) -> ScheduleRun | None:
    """Run the job unless its present due time was taken; None when it was.

    Which due time it is says the database's clock, so that beats with wrong clocks agree. A
    failing job is recorded, not raised. Raises NotFound for a name no job has.
    """
    job = job_called(name)
    with _as_house(job), transaction.atomic():
        claimed = _claim(job, job.slot(_database_now()))
    return _carry_out(job, claimed) if claimed is not None else None


def run_by_hand(name: str) -> ScheduleRun:
    """Run the job now, besides its rhythm. The run is recorded like any other."""
    job = job_called(name)
    with _as_house(job), transaction.atomic():
        claimed = _claim(job, _database_now())
    assert claimed is not None  # noqa: S101 - two people cannot meet in one microsecond
    return _carry_out(job, claimed)


def job_called(name: str) -> Job:
    """The job of this name. Raises NotFound naming those there are."""
    try:
        return JOBS[name]
    except KeyError:
        raise NotFound(f"No job is called {name}. There are: {', '.join(sorted(JOBS))}.") from None


def _claim(job: Job, due_at: datetime) -> int | None:
    """The id of a new run, or None when that due time is taken."""
    with connection.cursor() as cursor:
        cursor.execute(GIVE_UP_LOST_RUNS, [job.name, LOST_AFTER.total_seconds()])
        cursor.execute(CLAIM, [job.name, due_at])
        row = cursor.fetchone()
    return row[0] if row else None


def _carry_out(job: Job, run_id: int) -> ScheduleRun:
    """Do the work and write down how it went."""
    state, error = RunState.DONE, ""
    result: dict[str, Any] = {}
    try:
        with _as_house(job):
            result = job.work() or {}
    except Exception as exc:  # whatever a job does, its run must not stay "running"
        logger.exception("schedule.failed", job=job.name)
        state, error = RunState.FAILED, f"{type(exc).__name__}: {exc}"[:ERROR_LENGTH]
    with _as_house(job), transaction.atomic():
        ScheduleRun.objects.filter(pk=run_id).update(
            state=state, result=result, error=error, finished_at=Now()
        )
        return ScheduleRun.objects.get(pk=run_id)


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def _as_house(job: Job) -> AbstractContextManager[Identity]:
    return acting_as_system(f"job {job.name}")
