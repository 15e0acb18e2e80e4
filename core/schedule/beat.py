"""The clock's own table (django-celery-beat) kept in step with the code after each migrate."""

import json
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.db import connections

from core.schedule.jobs import JOBS, Job

RUN_JOB = "core.run_job"
TICK = "core.tick"
TICK_EVERY = timedelta(seconds=2)


def collect_jobs() -> None:
    """Import each floor's `schedule.py`, so that its jobs are known. Called at start."""
    import_module("core.schedule.ground")
    for floor in settings.FLOORS:
        if floor != "core" and find_spec(f"{floor}.schedule") is not None:
            import_module(f"{floor}.schedule")


def sync_schedule(*, using: str = "default", **_: Any) -> None:
    """Make the clock ring for each job, and for the tick.

    Staff's own edit survives: a job they switched off stays off. Rows of jobs that are gone go.
    Rows that are right are not touched, as each write makes every beat load its table again.
    """
    from django_celery_beat.models import PeriodicTask

    if PeriodicTask._meta.db_table not in connections[using].introspection.table_names():
        return
    wanted = {job.name: _row_of(job) for job in JOBS.values()} | {TICK: _tick()}
    rows = {
        row.name: row for row in PeriodicTask.objects.using(using).filter(task__in=[RUN_JOB, TICK])
    }
    for name, values in wanted.items():
        row = rows.pop(name, None) or PeriodicTask(name=name)
        if row.pk is None or any(getattr(row, key) != value for key, value in values.items()):
            for key, value in values.items():
                setattr(row, key, value)
            row.save(using=using)
    for gone in rows.values():
        gone.delete(using=using)


def _row_of(job: Job) -> dict[str, Any]:
    """How django-celery-beat says it."""
    values: dict[str, Any] = {
        "task": RUN_JOB,
        "args": json.dumps([job.name]),
        "queue": job.queue.value,
        "description": job.purpose,
        "interval": None,
        "crontab": None,
    }
    if job.every is not None:
        # twice per period: rings drift, and each period must hear one; the second finds it taken
        values["interval"] = _interval(max(job.every / 2, timedelta(seconds=1)))
        values["expire_seconds"] = max(int(job.every.total_seconds()), 1)
    else:
        values["crontab"] = _daily(*(job.daily_at or (0, 0)))
        values["expire_seconds"] = 12 * 3600
    return values


def _tick() -> dict[str, Any]:
    """The look for work that a lost ring left behind; needs no record, must not pile up."""
    return {
        "task": TICK,
        "args": "[]",
        "queue": "default",
        "description": "Find what a lost ring of the bell left behind.",
        "interval": _interval(TICK_EVERY),
        "crontab": None,
        "expire_seconds": int(TICK_EVERY.total_seconds()) * 2,
    }


def _interval(every: timedelta) -> Any:
    from django_celery_beat.models import IntervalSchedule

    seconds = max(int(every.total_seconds()), 1)
    return IntervalSchedule.objects.get_or_create(every=seconds, period=IntervalSchedule.SECONDS)[0]


def _daily(hour: int, minute: int) -> Any:
    from django_celery_beat.models import CrontabSchedule

    return CrontabSchedule.objects.get_or_create(
        minute=str(minute),
        hour=str(hour),
        day_of_week="*",
        day_of_month="*",
        month_of_year="*",
        timezone="UTC",
    )[0]
