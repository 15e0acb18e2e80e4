"""Who works on a job: a lease by the database's clock and a fencing token, as for deliveries.

A job that is queued, or whose worker has not been heard of for LEASE_SECONDS, is anybody's.
"""

import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from core.database.clock import DatabaseNow
from core.enums import BulkState
from core.identity import acting_as_system
from core.models import BulkJob

LEASE_SECONDS = 20
LOST_TOO_OFTEN = 3  # leases without a batch between them: the job kills its workers
WHO = "bulk jobs"

CLAIM = """
UPDATE core_bulkjob SET
    state = 'running', lease_token = lease_token + 1, worker = %(worker)s,
    lost_leases = lost_leases + (state = 'running')::int,
    lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
    heartbeat_at = clock_timestamp(),
    started_at = coalesce(started_at, clock_timestamp())
WHERE id = (
    SELECT id FROM core_bulkjob
    WHERE state IN ('queued', 'running')
      AND (lease_until IS NULL OR lease_until < clock_timestamp())
      AND (%(only)s::uuid IS NULL OR id = %(only)s)
    ORDER BY heartbeat_at NULLS FIRST, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, lease_token
"""
IS_DUE = """
SELECT EXISTS (SELECT FROM core_bulkjob WHERE state IN ('queued', 'running')
               AND (lease_until IS NULL OR lease_until < clock_timestamp()))
"""


class Stopped(Exception):
    """The job is not ours any more: paused, cancelled, or taken over. Undo what was not counted."""


@dataclass(slots=True)
class Claim:
    """A job in this worker's hands."""

    job: BulkJob
    token: int

    @property
    def id(self) -> UUID:
        """Of the job."""
        return self.job.pk


def claim(only: UUID | None = None) -> Claim | None:
    """Take the job nobody worked on for longest, or `only` that one; None when there is none."""
    with acting_as_system(WHO), transaction.atomic(), connection.cursor() as cursor:
        worker = f"{socket.gethostname()}:{os.getpid()}"
        cursor.execute(CLAIM, {"worker": worker, "lease": LEASE_SECONDS, "only": only})
        row = cursor.fetchone()
        return Claim(BulkJob.objects.get(pk=row[0]), row[1]) if row else None


def is_due() -> bool:
    """Whether any job waits for a worker. In the caller's transaction and identity."""
    with connection.cursor() as cursor:
        cursor.execute(IS_DUE)
        return bool(cursor.fetchone()[0])


def write_down(claim: Claim, **values: Any) -> None:
    """Change the job in the caller's transaction and hold it for another spell.

    Raises Stopped when it is not ours any more; the caller's transaction must then be undone.
    """
    lease = {
        "heartbeat_at": DatabaseNow(),
        "lease_until": DatabaseNow() + timedelta(seconds=LEASE_SECONDS),
    }
    held = BulkJob.objects.filter(
        pk=claim.id, lease_token=claim.token, state=BulkState.RUNNING
    ).update(**(lease | values))
    if not held:
        raise Stopped
    for name, value in values.items():
        setattr(claim.job, name, value)


def let_go(claim: Claim, state: BulkState, **values: Any) -> None:
    """End, or hand back, in the caller's transaction. Raises Stopped as above."""
    write_down(claim, state=state, lease_until=None, lost_leases=0, **values)
