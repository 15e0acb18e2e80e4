"""What every gateway can do, in our words. A fourth gateway is one more folder with this shape.

Adapters know HTTP and the vendor's words, and nothing of our tables.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol
from uuid import UUID

from core.money import Money


class GatewayError(Exception):
    """The gateway did not do what was asked.

    `retryable`: trying again may help (timeout, 5xx, rate limit); a refusal is not.
    `answered`: the gateway itself answered with a failure, which it repeats to the same key.
    """

    def __init__(self, message: str, *, retryable: bool, answered: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.retryable = retryable
        self.answered = answered


class NotAtGateway(GatewayError):
    """The gateway has no such object."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retryable=False, answered=True)


class Seen(StrEnum):
    """How a payment stands at the gateway."""

    OPEN = "open"
    PROCESSING = "processing"
    CAPTURED = "captured"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class GatewayPayment:
    """One payment as the gateway shows it, in our units.

    `reference` is ours, given back by the gateway; `gateway_ref` its page, `payment_ref` its
    money. `declined` is the reason of the last try, on a page that may still be open.
    """

    state: Seen
    reference: str
    amount: Money
    livemode: bool
    gateway_ref: str = ""
    payment_ref: str = ""
    account: str = ""
    attempt_id: UUID | None = None
    authorization_url: str = ""
    fee: Money | None = None
    refunded: Money | None = None
    declined: str = ""
    declined_ref: str = ""


@dataclass(frozen=True, slots=True)
class Start:
    """What a gateway must know to open a page for one attempt."""

    attempt_id: UUID
    reference: str
    idempotency_key: str
    amount: Money
    description: str
    email: str
    success_url: str
    cancel_url: str
    expires_at: datetime


class Gateway(Protocol):
    """One vendor. All methods make calls of ten seconds at most and raise GatewayError."""

    slug: ClassVar[str]

    @property
    def livemode(self) -> bool:
        """Whether our key moves real money."""

    def check(self) -> None:
        """One small read: our key works and the gateway answers."""

    def start(self, start: Start) -> GatewayPayment:
        """Open the page; the same idempotency key finds the same page."""

    def find(self, *, reference: str, since: datetime) -> GatewayPayment | None:
        """The page made for `reference`, when nobody knows whether it was made."""

    def fetch(self, *, gateway_ref: str = "", payment_ref: str = "") -> GatewayPayment:
        """How it stands now. Raises NotAtGateway."""

    def expire(self, *, gateway_ref: str) -> GatewayPayment:
        """Close a page that is still open; how it stands afterwards."""
