"""Waking a worker for bulk jobs. A lost ring costs the wait until the next tick."""

import redis
import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError

from core.bulk.jobs.claims import WHO, is_due
from core.enums import Queue
from core.identity import acting_as_system
from core.redis import client

logger = structlog.get_logger(__name__)

TASK = "core.work_bulk"
KEY = "tradewind:bell:bulk-jobs"
COALESCE_MS = 1000


def ring() -> None:
    """Ask for a worker. Never raises."""
    try:
        if client().set(KEY, 1, nx=True, px=COALESCE_MS):
            current_app.send_task(TASK, queue=Queue.BULK.value, retry=False)
    except (redis.RedisError, KombuError, OSError) as error:
        logger.warning("bulk.bell_silent", error=str(error))


def ring_after_commit() -> None:
    """Once what was written is there to be found."""
    transaction.on_commit(ring)


def ring_for_due_jobs() -> None:
    """The tick looks for jobs that a lost ring, or a dead worker, left behind."""
    with acting_as_system(WHO), transaction.atomic():
        due = is_due()
    if due:
        ring()
