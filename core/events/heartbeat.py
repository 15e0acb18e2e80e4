"""Keeping leases alive while their worker is: a thread renews what is held.

A worker that dies stops renewing, so its leases run out within LEASE_SECONDS. One delivery is
renewed for HOLD_SECONDS at most: a handler that hangs for ever loses its lease as well.
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
        self._held: dict[int, tuple[Claim, float]] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease-heartbeat", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def hold(self, claims: list[Claim]) -> None:
        """Renew these from now on."""
        until = time.monotonic() + HOLD_SECONDS
        with self._lock:
            self._held = {claim.delivery_id: (claim, until) for claim in claims}

    def release(self, claim: Claim) -> None:
        """This one is closed."""
        with self._lock:
            self._held.pop(claim.delivery_id, None)

    def _beat(self) -> None:
        try:
            while not self._over.wait(LEASE_SECONDS / 3):
                now = time.monotonic()
                with self._lock:
                    held = [claim for claim, until in self._held.values() if until > now]
                if held:
                    self._renew(held)
        finally:
            connection.close()

    def _renew(self, held: list[Claim]) -> None:
        try:
            with acting_as_system("lease heartbeat"), transaction.atomic():
                renew(held)
        except DatabaseError as error:
            logger.warning("heartbeat.failed", error=str(error))
