"""Keeping a job's lease while its worker is at a long batch, and telling how far an export is."""

import threading
from collections.abc import Callable

import structlog
from django.db import DatabaseError, connection, transaction

from core.bulk.jobs.claims import LEASE_SECONDS, WHO, Claim, Stopped, write_down
from core.identity import acting_as_system
from core.models import BulkJob

logger = structlog.get_logger(__name__)


class Heartbeat:
    """Renews one lease from a thread of its own. A context manager."""

    def __init__(self, claim: Claim, *, every: float = LEASE_SECONDS / 4,
                 figures: Callable[[], dict[str, int]] | None = None) -> None:  # fmt: skip
        self._claim = Claim(BulkJob(pk=claim.id), claim.token)  # a copy: threads share no row
        self._every, self._figures = every, figures
        self._over = threading.Event()
        self.lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="bulk-heartbeat", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def check(self) -> None:
        """Raises Stopped when the lease has passed to another, or the job was stopped."""
        if self.lost.is_set():
            raise Stopped

    def _beat(self) -> None:
        try:
            while not self._over.wait(self._every):
                try:
                    self._renew()
                except Stopped:
                    self.lost.set()
                    return
                except DatabaseError as error:
                    logger.warning("bulk.heartbeat_failed", error=str(error))
        finally:
            connection.close()

    def _renew(self) -> None:
        values = self._figures() if self._figures else {}
        with acting_as_system(WHO), transaction.atomic():
            if BulkJob.objects.filter(pk=self._claim.id).exists():  # else not yet committed
                write_down(self._claim, **values)
