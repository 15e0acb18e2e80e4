"""Keeping leases alive while their worker is: a thread renews what is held.

A worker that dies stops renewing, so its leases run out within LEASE_SECONDS. One delivery may
take HOLD_SECONDS: while it runs, it and those that wait behind it are renewed. A handler that hangs
for longer loses its lease and theirs, and the worker then leaves them to whoever took them over.
"""

import threading
import time

import structlog
from django.db import DatabaseError, connection, transaction

from core.events.claims import LEASE_SECONDS, Claim, renew
from core.identity import acting_as_system

logger = structlog.get_logger(__name__)

HOLD_SECONDS = 120.0


class Heartbeat:
    """Renews the leases of one worker every third of their length. A context manager."""

    def __init__(self) -> None:
        self._held: dict[int, Claim] = {}
        self._hold_until = 0.0
        self._sure_until = 0.0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease-heartbeat", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def hold(self, claims: list[Claim], *, claimed_at: float) -> None:
        """Renew these from now on. `claimed_at`: time.monotonic() before they were claimed."""
        with self._lock:
            self._held = {claim.delivery_id: claim for claim in claims}
            self._hold_until = time.monotonic() + HOLD_SECONDS
            self._sure_until = claimed_at + LEASE_SECONDS

    def begin(self, claim: Claim) -> bool:
        """This one starts now; False when its lease may have passed to another worker.

        So it is after a handler that hung, a process that stood still, a database that was away:
        what was claimed before is then left alone, or two workers would react to it.
        """
        now = time.monotonic()
        with self._lock:
            self._hold_until = now + HOLD_SECONDS
            return now < self._sure_until and claim.delivery_id in self._held

    def release(self, claim: Claim) -> None:
        """This one is closed."""
        with self._lock:
            self._held.pop(claim.delivery_id, None)

    def _beat(self) -> None:
        try:
            while not self._over.wait(LEASE_SECONDS / 3):
                now = time.monotonic()
                with self._lock:
                    held = list(self._held.values()) if now < self._hold_until else []
                if held:
                    self._renew(held, now)
        finally:
            connection.close()

    def _renew(self, held: list[Claim], now: float) -> None:
        try:
            with acting_as_system("lease heartbeat"), transaction.atomic():
                ours = renew(held)
        except DatabaseError as error:
            logger.warning("heartbeat.failed", error=str(error))
            return
        with self._lock:
            self._sure_until = max(self._sure_until, now + LEASE_SECONDS)
            for claim in held:
                if claim.delivery_id not in ours:
                    self._held.pop(claim.delivery_id, None)
