"""The circuit breaker in front of a channel: a dead mail server is not asked by every mail."""

from collections.abc import Callable

from django.conf import settings

from core.outbound.breaker import Breaker
from core.outbound.breaker_stores import SharedStore
from core.outbound.errors import CircuitOpen
from notifications.channels.outcome import Ending, Outcome, pause_before

_store = SharedStore()


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
            pause = max(refused.after, pause_before(attempt + 1))
            return Outcome(Ending.LATER, refused.message, after=pause, not_tried=True)
        failed = True
        try:
            outcome = sending()
            failed = outcome.unreachable
        finally:
            self._breaker.leave(failed=failed, probe=probe)
        return outcome


def mail_gate() -> Gate:
    """In front of EMAIL_URL's server, or the provider."""
    provider = settings.EMAIL_BACKEND.rpartition(".backends.")[2]
    return Gate(f"mail {provider} {settings.EMAIL_HOST}:{settings.EMAIL_PORT}")


def push_gate() -> Gate:
    """In front of FCM."""
    return Gate(f"push {settings.FIREBASE_API_BASE}")
