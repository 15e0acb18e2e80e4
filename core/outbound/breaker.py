"""The circuit breaker: a service that keeps failing is left alone for a while.

Per service and operation: opens on a rolling *ratio* of failures, or on many in a row, so that a
single success in between (half of the calls hang) does not hide the trouble. While it cools down
calls fail at once; then exactly one probe goes through, and its result closes or re-opens it.
Only outgoing calls: what arrives (webhooks) is never refused by a breaker.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import structlog

from core.outbound.errors import CircuitOpen

logger = structlog.get_logger(__name__)

WINDOW_SECONDS = 20
LEAST_CALLS = 5  # fewer say nothing about a ratio
FAILURE_RATIO = 0.5
IN_A_ROW = 10
COOL_DOWN_SECONDS = 15.0
PROBE_SECONDS = 35.0  # longer than the longest deadline: a probe that dies is forgotten


class State(StrEnum):
    CLOSED = "closed"
    COOLING = "cooling"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls and failures of the window; failures since the last success."""

    calls: int
    failures: int
    in_a_row: int

    @property
    def bad(self) -> bool:
        """Whether that is too much."""
        if self.in_a_row >= IN_A_ROW:
            return True
        return self.calls >= LEAST_CALLS and self.failures >= FAILURE_RATIO * self.calls


class Store(Protocol):
    """Where breakers remember: Redis for all processes, or this process (breaker_stores.py)."""

    def look(self, name: str) -> tuple[State, float]:
        """The state, and the seconds left of the cool-down."""

    def count(self, name: str, *, failed: bool) -> Counts:
        """Add one call and return the sums."""

    def trip(self, name: str, seconds: float) -> None:
        """Begin cooling down."""

    def take_probe(self, name: str, seconds: float) -> bool:
        """Whether the caller is the one that may probe."""

    def close(self, name: str) -> None:
        """Forget everything bad."""


class Breaker:
    """The breaker of one service and operation."""

    def __init__(self, service: str, operation: str, store: Store) -> None:
        self.service = service
        self.name = f"{service}:{operation}"
        self.store = store

    def enter(self) -> bool:
        """Ask before a call; returns whether this one is the probe. Raises CircuitOpen."""
        state, left = self.store.look(self.name)
        if state is State.CLOSED:
            return False
        if state is State.HALF_OPEN and self.store.take_probe(self.name, PROBE_SECONDS):
            return True
        raise CircuitOpen(
            f"{self.service} is not answering; it is left alone for a moment.",
            service=self.service,
            after=max(1.0, left),
        )

    def leave(self, *, failed: bool, probe: bool) -> None:
        """Tell how the call went. A 4xx is an answer, not a failure."""
        if probe:
            if failed:
                self.store.trip(self.name, COOL_DOWN_SECONDS)
            else:
                self.store.close(self.name)
                logger.info("breaker.closed", breaker=self.name)
            return
        self.leave_all([failed])

    def leave_all(self, failed: Sequence[bool]) -> None:
        """Tell how calls went that were made at once; it opens once, however many failed."""
        for one in failed:
            counts = self.store.count(self.name, failed=one)
        if any(failed) and counts.bad:
            self.store.trip(self.name, COOL_DOWN_SECONDS)
            logger.warning("breaker.opened", breaker=self.name, failures=counts.failures)
