"""The circuit breaker in front of a channel: a dead mail server is not asked by every mail."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.conf import settings

from core.outbound.breaker import Breaker
from core.outbound.breaker_stores import SharedStore
from core.outbound.errors import CircuitOpen
from notifications.channels.outcome import Ending, Outcome, pause_before

_store = SharedStore()
Message = TypeVar("Message")


class Gate:
    """One channel's way out."""

    def __init__(self, service: str) -> None:
        self._breaker = Breaker(service, "send", _store)

    def send(self, sending: Callable[[], Outcome], *, attempt: int) -> Outcome:
        """Send, unless the other side is being left alone. A refusal is an answer; silence is
        what opens the breaker. `attempt` is the event's: a long outage is waited for longer.
        """
        try:
            probe = self._breaker.enter()
        except CircuitOpen as refused:
            return _left_alone(refused, attempt)
        failed = True
        try:
            outcome = sending()
            failed = outcome.unreachable
        finally:
            self._breaker.leave(failed=failed, probe=probe)
        return outcome

    def send_all(
        self,
        messages: Sequence[Message],
        sending: Callable[[Sequence[Message]], list[Outcome]],
        *,
        attempt: int,
    ) -> list[Outcome]:
        """The same for many at once: an outcome each, in their order.

        Each counts as a call. Where the other side was left alone, the first goes as the probe,
        and the rest behind it if it was answered.
        """
        if not messages:
            return []
        try:
            probe = self._breaker.enter()
        except CircuitOpen as refused:
            return [_left_alone(refused, attempt) for _ in messages]
        if probe:
            first = self._tried(messages[:1], sending, probe=True)
            return first + self.send_all(messages[1:], sending, attempt=attempt)
        return self._tried(messages, sending, probe=False)

    def _tried(
        self,
        messages: Sequence[Message],
        sending: Callable[[Sequence[Message]], list[Outcome]],
        *,
        probe: bool,
    ) -> list[Outcome]:
        failed = [True]
        try:
            outcomes = sending(messages)
            failed = [outcome.unreachable for outcome in outcomes]
        finally:
            if probe:
                self._breaker.leave(failed=failed[0], probe=True)
            else:
                self._breaker.leave_all(failed)
        return outcomes


def _left_alone(refused: CircuitOpen, attempt: int) -> Outcome:
    pause = max(refused.after, pause_before(attempt + 1))
    return Outcome(Ending.LATER, refused.message, after=pause, not_tried=True)


def mail_gate() -> Gate:
    """In front of EMAIL_URL's server, or the provider."""
    provider = settings.EMAIL_BACKEND.rpartition(".backends.")[2]
    return Gate(f"mail {provider} {settings.EMAIL_HOST}:{settings.EMAIL_PORT}")


def push_gate() -> Gate:
    """In front of FCM."""
    return Gate(f"push {settings.FIREBASE_API_BASE}")
