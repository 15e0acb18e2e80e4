"""One wall clock for a whole call: name, connection, handshake, every byte, every retry.

Timeouts of single reads do not help against an answer of one byte a second.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ends_at: ContextVar[float | None] = ContextVar("outbound_deadline", default=None)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Let the calls inside the block take `seconds` altogether. An outer, nearer end stays."""
    outer = _ends_at.get()
    ends_at = time.monotonic() + seconds
    token = _ends_at.set(ends_at if outer is None else min(ends_at, outer))
    try:
        yield
    finally:
        _ends_at.reset(token)


def seconds_left() -> float:
    """What is left of the innermost deadline; not below zero."""
    ends_at = _ends_at.get()
    return float("inf") if ends_at is None else max(0.0, ends_at - time.monotonic())


def capped(timeout: float | None) -> float:
    """A step's timeout, shortened by the deadline. Raises TimeoutError when it has passed."""
    left = seconds_left()
    if left <= 0:
        raise TimeoutError("The time for this call is used up.")
    return left if timeout is None else min(timeout, left)
