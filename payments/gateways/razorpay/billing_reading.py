"""Razorpay's subscriptions and invoices in our words.

Source: razorpay.com/docs/payments/subscriptions/states and the subscription and invoice entities.
"""

from dataclasses import dataclass
from datetime import datetime

from core.money import Money
from payments.gateways.billing import (
    GatewayInvoice,
    GatewaySubscription,
    InvoiceSeen,
    SubscriptionSeen,
)
from payments.gateways.razorpay.reading import money, notes_of
from payments.gateways.razorpay.words import USER_KEY
from payments.gateways.reading import Raw, named, named_if_any, our_id, reading, unix_moment

# `authenticated` is a subscription that the payer has agreed to and that begins later: a trial.
# `completed` is one whose last cycle is over.
SUBSCRIPTION_STATES = {
    "created": SubscriptionSeen.INCOMPLETE,
    "authenticated": SubscriptionSeen.TRIALING,
    "active": SubscriptionSeen.ACTIVE,
    "pending": SubscriptionSeen.PAST_DUE,
    "halted": SubscriptionSeen.UNPAID,
    "paused": SubscriptionSeen.PAUSED,
    "cancelled": SubscriptionSeen.CANCELLED,
    "completed": SubscriptionSeen.CANCELLED,
    "expired": SubscriptionSeen.EXPIRED,
}
INVOICE_STATES = {
    "draft": InvoiceSeen.DRAFT,
    "issued": InvoiceSeen.OPEN,
    "partially_paid": InvoiceSeen.OPEN,
    "paid": InvoiceSeen.PAID,
    "expired": InvoiceSeen.UNCOLLECTIBLE,
    "cancelled": InvoiceSeen.VOID,
    "deleted": InvoiceSeen.VOID,
}


@dataclass(frozen=True, slots=True)
class LastTry:
    """What is known of the last try to collect an invoice beside the invoice itself."""

    failed: bool = False
    attempts: int = 0
    next_attempt_at: datetime | None = None
    fee: Money | None = None


NOTHING_KNOWN = LastTry()


def read_subscription(raw: Raw, *, livemode: bool, as_of: datetime) -> GatewaySubscription:
    """A subscription. Raises Unreadable.

    Nothing in it tells that it ends with its cycle: that is known from having asked for it
    (billing.py).
    """
    with reading(f"subscription {raw.get('id')}"):
        status = raw["status"]
        trial_end = unix_moment(raw.get("start_at")) if status == "authenticated" else None
        ended_at = unix_moment(raw.get("ended_at"))
        return GatewaySubscription(
            state=SUBSCRIPTION_STATES[status],
            subscription_ref=named(raw["id"]),
            customer_ref=named_if_any(raw.get("customer_id")),
            price_ref=named(raw["plan_id"]),
            livemode=livemode,
            as_of=as_of,
            user_id=our_id(notes_of(raw).get(USER_KEY)),
            period_start=unix_moment(
                raw.get("current_start" if trial_end is None else "created_at")
            ),
            period_end=trial_end or unix_moment(raw.get("current_end")),
            trial_end=trial_end,
            cancel_at_period_end=None,
            cancelled_at=ended_at if status == "cancelled" else None,
            ended_at=ended_at,
            reason=status,
        )


def read_invoice(
    raw: Raw, *, livemode: bool, as_of: datetime, last: LastTry = NOTHING_KNOWN
) -> GatewayInvoice:
    """An invoice of a subscription. Raises Unreadable."""
    with reading(f"invoice {raw.get('id')}"):
        state = INVOICE_STATES[raw["status"]]
        is_open = state is InvoiceSeen.OPEN
        return GatewayInvoice(
            state=state,
            invoice_ref=named(raw["id"]),
            subscription_ref=named_if_any(raw.get("subscription_id")),
            customer_ref=named_if_any(raw.get("customer_id")),
            due=money(raw["amount"], raw["currency"]),
            paid=money(raw["amount_paid"], raw["currency"]),
            livemode=livemode,
            as_of=as_of,
            number=named_if_any(raw.get("invoice_number")),
            failed=is_open and last.failed,
            attempts=last.attempts,
            next_attempt_at=last.next_attempt_at if is_open else None,
            period_start=unix_moment(raw.get("billing_start")),
            period_end=unix_moment(raw.get("billing_end")),
            payment_ref=named_if_any(raw.get("payment_id")) if state is InvoiceSeen.PAID else "",
            hosted_url=named_if_any(raw.get("short_url")),
            fee=last.fee,
        )
