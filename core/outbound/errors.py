"""How an outside call ends badly."""

from core.errors import Unprocessable, UpstreamUnavailable


class OutboundError(Exception):
    """Anything but an answer. `service` names who was called."""

    service: str = ""


class CallFailed(OutboundError, UpstreamUnavailable):
    """No usable answer. `perhaps_done`: the request went out, so the work may have been done.

    `retryable` says whether the same call may go better later.
    """

    def __init__(
        self, message: str, *, service: str, perhaps_done: bool, retryable: bool = True
    ) -> None:
        super().__init__(message)
        self.service = service
        self.perhaps_done = perhaps_done
        self.retryable = retryable


class CircuitOpen(CallFailed):
    """Not even tried: the service failed too often just now. `after` seconds to wait."""

    def __init__(self, message: str, *, service: str, after: float) -> None:
        super().__init__(message, service=service, perhaps_done=False)
        self.after = after


class AddressRefused(OutboundError, Unprocessable):
    """The address is not one on the public internet, or is written to look like one."""
