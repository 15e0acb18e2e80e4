"""The ground floor's Celery tasks: thin, the work is in core/events and core/schedule."""

from celery import shared_task

from core.bulk.jobs.ring import ring_for_due_jobs
from core.bulk.jobs.work import work_off as work_bulk_off
from core.enums import Queue
from core.events.pulse import leave_pulse
from core.events.tick import ring_for_due_work
from core.events.worker import work_off
from core.schedule import run_when_due


@shared_task(name="core.work_off", ignore_result=True)
def work_off_queue(queue: str) -> int:
    """Somebody rang: work the queue off."""
    return work_off(Queue(queue))


@shared_task(name="core.tick", ignore_result=True)
def tick() -> None:
    """Every two seconds: find what a lost ring left behind."""
    leave_pulse()
    ring_for_due_work()
    ring_for_due_jobs()


@shared_task(name="core.run_job", ignore_result=True, soft_time_limit=3_500, time_limit=3_600)
def run_job(name: str) -> None:
    """The clock rang for a scheduled job; whoever is first for its due time runs it."""
    run_when_due(name)


@shared_task(name="core.work_bulk", ignore_result=True, soft_time_limit=3_500, time_limit=3_600)
def work_bulk() -> None:
    """Somebody asked for an import or an export."""
    work_bulk_off()
