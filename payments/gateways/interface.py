"""What every gateway can do, in our words. A fourth gateway is one more folder with this shape.

Adapters know HTTP and the vendor's words, and nothing of our tables.
"""

from collections.abc import Iterator
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
    money. `declined` is the reason of the last try, on a page that may still be open. `settled`
    is what the gateway turned the amount into where it pays us in another currency.
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
    settled: Money | None = None
    created_at: datetime | None = None


class RefundSeen(StrEnum):
    """How a refund stands at the gateway. All but a failed one has left our balance there."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    NEEDS_ATTENTION = "needs_attention"


@dataclass(frozen=True, slots=True)
class GatewayRefund:
    """One refund as the gateway shows it.

    `payment_ref` is the money it takes back, `reference` our payment's where the gateway gives it
    back, `refund_id` our own row's id where we asked for it. `failure` is why it did not happen.
    `settled` is what it took from us where it pays us in another currency.
    """

    state: RefundSeen
    refund_ref: str
    payment_ref: str
    amount: Money
    livemode: bool
    reference: str = ""
    refund_id: UUID | None = None
    failure: str = ""
    settled: Money | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What a gateway must know to give money back. The key makes a repeated call the same one."""

    refund_id: UUID
    idempotency_key: str
    payment_ref: str
    reference: str
    amount: Money
    reason: str = ""


class DisputeSeen(StrEnum):
    """How a dispute stands. UNKNOWN: a word of the gateway's that we do not know, kept as text."""

    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class GatewayDispute:
    """One dispute as the gateway shows it.

    `withdrawn` is what the gateway has taken from us for it by now (None: it does not say; zero
    after it was given back), `fee` what it charged us for the trouble, both in the currency it
    pays us in. `as_of` is when it stood like that: the event's own time in a webhook's body, the
    time of asking otherwise; without it only a step forward counts.
    """

    state: DisputeSeen
    dispute_ref: str
    payment_ref: str
    amount: Money
    livemode: bool
    reference: str = ""
    said: str = ""
    reason: str = ""
    due_by: datetime | None = None
    withdrawn: Money | None = None
    fee: Money | None = None
    as_of: datetime | None = None
    created_at: datetime | None = None


News = GatewayPayment | GatewayRefund | GatewayDispute


class NotOurs(Exception):
    """The news is about something Tradewind did not start; the message says what."""


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
        """Close a page that is still open; how it stands afterwards. A gateway that cannot close
        its pages shows how the payment stands."""

    def refund(self, request: RefundRequest) -> GatewayRefund:
        """Give money back; the same idempotency key is the same refund."""

    def refunds_of(self, *, payment_ref: str) -> list[GatewayRefund]:
        """All refunds of one payment, whoever made them."""

    def interpret(self, *, kind: str, body: bytes) -> list[News]:
        """What a stored webhook says, in our words; asks the gateway where the body is not enough.

        `kind` is the event's type without the gateway's name in front. Called outside
        transactions. Raises NotOurs, GatewayError.
        """

    def payments_between(self, since: datetime, until: datetime) -> Iterator[GatewayPayment]:
        """The gateway's own list of payments created in [since, until), for reconciliation.

        With fee and refunds where the list carries them; also those that we did not start
        (`reference` is empty then).
        """

    def refunds_between(self, since: datetime, until: datetime) -> Iterator[GatewayRefund]:
        """The gateway's own list of refunds created in [since, until)."""
