"""Trying again: only what may be done twice, with full jitter, and never as a storm."""

import itertools
import threading
from collections.abc import Callable

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from core.outbound.answer import Answer
from core.outbound.deadline import seconds_left
from core.outbound.errors import CallFailed, CircuitOpen

ATTEMPTS = 3
BUSY = {429, 502, 503, 504}
IDEMPOTENT_METHODS = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}
SHARE = 0.1  # retries may be a tenth of the calls ...
RESERVE = 5.0  # ... with this many saved up at most, and at the start


class Budget:
    """A service that is down is not called three times as often for it."""

    def __init__(self) -> None:
        self._saved = RESERVE
        self._lock = threading.Lock()

    def earn(self) -> None:
        """A first try was made."""
        with self._lock:
            self._saved = min(RESERVE, self._saved + SHARE)

    def spend(self) -> bool:
        """Whether one retry is covered."""
        with self._lock:
            if self._saved < 1.0:
                return False
            self._saved -= 1.0
            return True


class _Busy(Exception):
    """An answer that asks to come back; carried through tenacity."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def with_retries(attempt: Callable[[int], Answer], *, idempotent: bool, budget: Budget) -> Answer:
    """Call `attempt(number)` until it answers, at most ATTEMPTS times within the deadline.

    A busy answer (429, 502, 503, 504) is returned when trying again is not possible.
    """
    budget.earn()

    def worth_it(error: BaseException) -> bool:
        if not idempotent or isinstance(error, CircuitOpen):
            return False
        return isinstance(error, _Busy) or (isinstance(error, CallFailed) and error.retryable)

    def stop(state: RetryCallState) -> bool:
        """Asked before sleeping: out of attempts, of time, or of budget."""
        if state.attempt_number >= ATTEMPTS or state.upcoming_sleep >= seconds_left():
            return True
        return not budget.spend()

    numbers = itertools.count(1)

    def once() -> Answer:
        answer = attempt(next(numbers))
        if answer.status in BUSY:
            raise _Busy(answer)
        return answer

    try:
        return Retrying(retry=retry_if_exception(worth_it), stop=stop, wait=_pause, reraise=True)(
            once
        )
    except _Busy as busy:
        return busy.answer


_jitter = wait_random_exponential(multiplier=0.2, max=3.0)


def _pause(state: RetryCallState) -> float:
    """What the service asked for, else anywhere up to 0.2, 0.4 ... seconds (full jitter)."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.answer.retry_after if isinstance(error, _Busy) else None
    return _jitter(state) if asked is None else asked
