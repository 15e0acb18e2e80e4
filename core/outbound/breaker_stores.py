"""Where breakers remember: in Redis for all processes; in this process while Redis is away."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import TypeVar

import redis
import structlog

from core.outbound.breaker import WINDOW_SECONDS, Counts, State
from core.redis import client

logger = structlog.get_logger(__name__)

T = TypeVar("T")
SLOT_SECONDS = 2
SLOTS = WINDOW_SECONDS // SLOT_SECONDS
REMEMBERED_MS = 3_600_000  # a breaker nobody asks any more is forgotten after an hour
DEAF_SECONDS = 2.0  # after Redis failed, do not make every call wait for it


class RedisStore:
    """Shared by all processes. Raises redis.RedisError when Redis is away."""

    def look(self, name: str) -> tuple[State, float]:
        """The state and what is left of the cool-down; one round trip."""
        pipe = client().pipeline(transaction=False)
        pipe.pttl(_key(name, "cooling"))
        pipe.exists(_key(name, "tripped"))
        cooling, tripped = pipe.execute()
        if cooling > 0:
            return State.COOLING, cooling / 1000
        return (State.HALF_OPEN if tripped else State.CLOSED), 0.0

    def count(self, name: str, *, failed: bool) -> Counts:
        """Add to the current slot and read the window; one round trip."""
        slots = _slots(name)
        row = _key(name, "row")
        pipe = client().pipeline(transaction=False)
        for key, amount in zip(slots[0], (1, int(failed)), strict=True):
            pipe.incrby(key, amount)
            pipe.expire(key, WINDOW_SECONDS + SLOT_SECONDS)
        if failed:
            pipe.incr(row)
        else:
            pipe.set(row, 0)
        pipe.pexpire(row, REMEMBERED_MS)
        pipe.get(row)
        pipe.mget([calls for calls, _ in slots])
        pipe.mget([failures for _, failures in slots])
        *_, in_a_row, calls, failures = pipe.execute()
        return Counts(_sum(calls), _sum(failures), int(in_a_row or 0))

    def trip(self, name: str, seconds: float) -> None:
        """Cooling is a key that runs out; tripped stays until a probe succeeds."""
        pipe = client().pipeline()
        pipe.set(_key(name, "cooling"), 1, px=int(seconds * 1000))
        pipe.set(_key(name, "tripped"), 1, px=REMEMBERED_MS)
        pipe.delete(_key(name, "probe"))
        pipe.execute()

    def take_probe(self, name: str, seconds: float) -> bool:
        """SET NX: one of all processes."""
        return bool(client().set(_key(name, "probe"), 1, nx=True, px=int(seconds * 1000)))

    def close(self, name: str) -> None:
        """A clean sheet, or one more failure would open it again."""
        kept = ("cooling", "tripped", "probe", "row")
        counters = [key for pair in _slots(name) for key in pair]
        client().delete(*[_key(name, what) for what in kept], *counters)


class MemoryStore:
    """The same, for the threads of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: defaultdict[str, deque[tuple[float, bool]]] = defaultdict(deque)
        self._tripped: dict[str, float] = {}
        self._probing: dict[str, float] = {}
        self._row: defaultdict[str, int] = defaultdict(int)

    def look(self, name: str) -> tuple[State, float]:
        """The state and what is left of the cool-down."""
        with self._lock:
            if name not in self._tripped:
                return State.CLOSED, 0.0
            left = self._tripped[name] - time.monotonic()
            return (State.COOLING, left) if left > 0 else (State.HALF_OPEN, 0.0)

    def count(self, name: str, *, failed: bool) -> Counts:
        """Add one call, drop what left the window."""
        now = time.monotonic()
        with self._lock:
            calls = self._calls[name]
            calls.append((now, failed))
            while calls[0][0] < now - WINDOW_SECONDS:
                calls.popleft()
            self._row[name] = self._row[name] + 1 if failed else 0
            return Counts(len(calls), sum(bad for _, bad in calls), self._row[name])

    def trip(self, name: str, seconds: float) -> None:
        """Begin cooling down."""
        with self._lock:
            self._tripped[name] = time.monotonic() + seconds
            self._probing.pop(name, None)

    def take_probe(self, name: str, seconds: float) -> bool:
        """One of all threads, until the probe itself is overdue."""
        now = time.monotonic()
        with self._lock:
            if self._probing.get(name, 0.0) > now:
                return False
            self._probing[name] = now + seconds
            return True

    def close(self, name: str) -> None:
        """A clean sheet."""
        with self._lock:
            for kept in (self._calls, self._tripped, self._probing, self._row):
                kept.pop(name, None)


class SharedStore:
    """Redis; this process alone while Redis is away."""

    def __init__(self) -> None:
        self._shared = RedisStore()
        self._local = MemoryStore()
        self._deaf_until = 0.0

    def look(self, name: str) -> tuple[State, float]:
        """See breaker.Store."""
        return self._ask(lambda: self._shared.look(name), lambda: self._local.look(name))

    def count(self, name: str, *, failed: bool) -> Counts:
        """See breaker.Store."""
        return self._ask(
            lambda: self._shared.count(name, failed=failed),
            lambda: self._local.count(name, failed=failed),
        )

    def trip(self, name: str, seconds: float) -> None:
        """See breaker.Store."""
        self._ask(lambda: self._shared.trip(name, seconds), lambda: self._local.trip(name, seconds))

    def take_probe(self, name: str, seconds: float) -> bool:
        """See breaker.Store."""
        return self._ask(
            lambda: self._shared.take_probe(name, seconds),
            lambda: self._local.take_probe(name, seconds),
        )

    def close(self, name: str) -> None:
        """See breaker.Store."""
        self._ask(lambda: self._shared.close(name), lambda: self._local.close(name))

    def _ask(self, shared: Callable[[], T], local: Callable[[], T]) -> T:
        if time.monotonic() >= self._deaf_until:
            try:
                return shared()
            except (redis.RedisError, OSError) as error:
                self._deaf_until = time.monotonic() + DEAF_SECONDS
                logger.warning("breaker.alone", error=str(error))
        return local()


def _key(name: str, what: str) -> str:
    return f"tradewind:breaker:{name}:{what}"


def _slots(name: str) -> list[tuple[str, str]]:
    """Keys of (calls, failures) per slot of the window, the current slot first."""
    now = int(time.time()) // SLOT_SECONDS
    return [
        (_key(name, f"calls:{slot}"), _key(name, f"failures:{slot}"))
        for slot in range(now, now - SLOTS, -1)
    ]


def _sum(values: list[bytes | None]) -> int:
    return sum(int(value) for value in values if value is not None)
