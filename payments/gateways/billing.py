"""What a gateway that keeps subscriptions can do, in our words. Not every gateway does all of it:
`CAN` says what; asking for the rest raises GatewayError that is not retryable.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol
from uuid import UUID

from core.money import Money


class SubscriptionSeen(StrEnum):
    """How a subscription stands at the gateway, in our words."""

    INCOMPLETE = "incomplete"  # not paid for the first time yet
    EXPIRED = "expired"  # was never paid
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"  # a renewal failed, the gateway tries again
    UNPAID = "unpaid"  # the gateway has given up trying
    PAUSED = "paused"
    CANCELLED = "cancelled"


class InvoiceSeen(StrEnum):
    """How an invoice stands at the gateway."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    UNCOLLECTIBLE = "uncollectible"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class GatewayCustomer:
    """Somebody as the gateway knows them. `user_id` is ours, where we gave it along."""

    customer_ref: str
    email: str
    livemode: bool
    user_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class GatewaySubscription:
    """One subscription as the gateway shows it; times UTC.

    `as_of` is when the gateway said so (the event's own time; now for what was fetched): of two
    stories the later counts. `period_*` come from the item where Stripe keeps them since basil.
    `cancel_at_period_end` is None where the gateway does not show it (Razorpay): what was told
    before stays.
    """

    state: SubscriptionSeen
    subscription_ref: str
    customer_ref: str
    price_ref: str
    livemode: bool
    as_of: datetime
    user_id: UUID | None = None
    period_start: datetime | None = None
    period_end: datetime | None = None
    trial_end: datetime | None = None
    cancel_at_period_end: bool | None = False
    cancelled_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GatewayInvoice:
    """One invoice of a subscription as the gateway shows it.

    `failed` says that the last try to collect it failed; `attempts` counts the tries. Money that
    came in is `paid` (0 for a trial's first invoice), and `payment_ref` names it.
    """

    state: InvoiceSeen
    invoice_ref: str
    subscription_ref: str
    customer_ref: str
    due: Money
    paid: Money
    livemode: bool
    as_of: datetime
    number: str = ""
    reason: str = ""  # the gateway's word for why: subscription_create, subscription_cycle ...
    failed: bool = False
    attempts: int = 0
    next_attempt_at: datetime | None = None
    period_start: datetime | None = None
    period_end: datetime | None = None
    payment_ref: str = ""
    hosted_url: str = ""
    fee: Money | None = None


BillingNews = GatewayCustomer | GatewaySubscription | GatewayInvoice


@dataclass(frozen=True, slots=True)
class SubscriptionStart:
    """What a gateway must know to open its page for a new subscription.

    `price_ref` is the gateway's own price (Stripe) or plan (Razorpay, Paystack); `amount` is what
    one period costs, which Paystack wants to be told beside it.
    """

    user_id: UUID
    email: str
    customer_ref: str
    price_ref: str
    amount: Money
    trial_days: int
    idempotency_key: str
    success_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class HostedPage:
    """Where to send the person. `ref` is the page's (or the new subscription's) name there."""

    ref: str
    url: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PriceOffer:
    """A price of ours that the gateway is to know: `months` is the length of one period.

    `plan_code` names the plan, many prices share it; the key makes a repeated call the same price.
    """

    price_id: UUID
    plan_code: str
    plan_name: str
    amount: Money
    months: int
    idempotency_key: str


class Ability(StrEnum):
    """What not every gateway can do with a subscription."""

    PORTAL = "portal"
    CHANGE = "change"
    CANCEL_AT_PERIOD_END = "cancel_at_period_end"
    RESUME = "resume"
    TRIAL = "trial"


class BillingGateway(Protocol):
    """The subscriptions of one vendor. Calls last ten seconds at most and raise GatewayError."""

    slug: ClassVar[str]
    CAN: ClassVar[frozenset[Ability]]

    def ensure_price(self, offer: PriceOffer) -> str:
        """The gateway's name of this price (Stripe) or plan (Razorpay, Paystack).

        Found where it was made before, else made.
        """

    def ensure_customer(
        self, *, user_id: UUID, email: str, name: str, idempotency_key: str
    ) -> GatewayCustomer:
        """The gateway's customer for our user; the same key is the same customer."""

    def start_subscription(self, start: SubscriptionStart) -> HostedPage:
        """The page where the person subscribes."""

    def change_plan(
        self, *, subscription_ref: str, price_ref: str, idempotency_key: str
    ) -> GatewaySubscription:
        """To another price now; the gateway prorates."""

    def cancel(
        self, *, subscription_ref: str, at_period_end: bool, idempotency_key: str
    ) -> GatewaySubscription:
        """End it now or when the paid period ends."""

    def resume(self, *, subscription_ref: str, idempotency_key: str) -> GatewaySubscription:
        """Take back a cancellation at the period's end."""

    def portal(self, *, customer_ref: str, subscription_ref: str, return_url: str) -> HostedPage:
        """The gateway's own page for cards and invoices."""

    def fetch_subscription(self, subscription_ref: str) -> GatewaySubscription:
        """How it stands now. Raises NotAtGateway."""

    def fetch_invoice(self, invoice_ref: str) -> GatewayInvoice:
        """How it stands now. Raises NotAtGateway."""

    def interpret_billing(self, *, kind: str, body: bytes) -> list[BillingNews]:
        """What a stored webhook says of customers, subscriptions and invoices.

        Called outside transactions; asks the gateway where the body is not enough or may be
        stale. Raises NotOurs, GatewayError.
        """
