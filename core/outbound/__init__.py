"""The only door to the outside for HTTP calls: deadlines, guarded addresses, breaker, retries."""

from core.outbound.addresses import check_url
from core.outbound.answer import Answer
from core.outbound.client import BACKGROUND, INTERACTIVE, OutboundClient, resting
from core.outbound.errors import AddressRefused, CallFailed, CircuitOpen, OutboundError

__all__ = [
    "BACKGROUND",
    "INTERACTIVE",
    "AddressRefused",
    "Answer",
    "CallFailed",
    "CircuitOpen",
    "OutboundClient",
    "OutboundError",
    "check_url",
    "resting",
]
