"""Is everything there that Tradewind needs? A registry that each floor fills with its probes."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from enum import StrEnum

from django.db import connections

DEADLINE = 3.0  # seconds for all probes together: a load balancer does not wait longer


class Status(StrEnum):
    """How a service is doing."""

    OK = "ok"
    DEGRADED = "degraded"  # Tradewind goes on without it
    DOWN = "down"
    OFF = "off"  # not set up here, on purpose


@dataclass(frozen=True, slots=True)
class Reading:
    """What one probe found. `detail` is a sentence without secrets or addresses."""

    status: Status
    latency_ms: float = 0.0
    detail: str = ""

    def as_json(self) -> dict[str, object]:
        """The shape in the answer."""
        shown: dict[str, object] = {"status": self.status, "latency_ms": round(self.latency_ms, 1)}
        return shown | ({"detail": self.detail} if self.detail else {})


Probe = Callable[[], Reading | None]


@dataclass(frozen=True, slots=True)
class Registered:
    """A probe, and whether Tradewind can serve without what it looks at."""

    look: Probe
    required: bool


PROBES: dict[str, Registered] = {}


def probe(name: str, *, required: bool = False) -> Callable[[Probe], Probe]:
    """Register a function that looks at one service.

    It returns None (all well) or a Reading, and raises when the service is down. `required`
    services decide `/health/ready/`.
    """

    def register(look: Probe) -> Probe:
        PROBES[name] = Registered(look, required)
        return look

    return register


def read_all(*, only_required: bool = False) -> dict[str, Reading]:
    """Ask every probe at once; one that does not answer in time is down."""
    asked = {
        name: known.look for name, known in PROBES.items() if known.required or not only_required
    }
    pool = ThreadPoolExecutor(max_workers=max(len(asked), 1), thread_name_prefix="health")
    try:
        running = {name: pool.submit(_timed, look) for name, look in asked.items()}
        return dict(_collected(running.items(), time.monotonic() + DEADLINE))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _timed(look: Probe) -> Reading:
    """Run one probe; whatever it raises means that its service is down."""
    began = time.perf_counter()
    try:
        found = look() or Reading(Status.OK)
    except Exception as error:
        found = Reading(Status.DOWN, detail=type(error).__name__)
    finally:
        connections.close_all()
    return Reading(found.status, (time.perf_counter() - began) * 1000, found.detail)


def _collected(
    running: Iterable[tuple[str, Future[Reading]]], until: float
) -> Iterable[tuple[str, Reading]]:
    for name, future in running:
        try:
            yield name, future.result(timeout=max(until - time.monotonic(), 0.01))
        except TooSlow:
            yield name, Reading(Status.DOWN, DEADLINE * 1000, "no answer in time")
