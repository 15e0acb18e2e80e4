"""Stripe's customers, subscriptions and invoices, as plain dicts, in our words.

Since basil (2025-03-31) a period belongs to the subscription's item, an invoice names its
subscription under `parent`, and its money is a list of payments.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from payments.gateways.billing import (
    GatewayCustomer,
    GatewayInvoice,
    GatewaySubscription,
    InvoiceSeen,
    SubscriptionSeen,
)
from payments.gateways.reading import (
    Raw,
    Unreadable,
    flag,
    named,
    our_id,
    reading,
    said,
    unix_moment,
)
from payments.gateways.stripe.reading import money_of, name_of

USER_KEY = "tradewind_user"
LONGEST_ADDRESS = 2000  # characters
STATES = {
    "incomplete": SubscriptionSeen.INCOMPLETE,
    "incomplete_expired": SubscriptionSeen.EXPIRED,
    "trialing": SubscriptionSeen.TRIALING,
    "active": SubscriptionSeen.ACTIVE,
    "past_due": SubscriptionSeen.PAST_DUE,
    "unpaid": SubscriptionSeen.UNPAID,
    "paused": SubscriptionSeen.PAUSED,
    "canceled": SubscriptionSeen.CANCELLED,
}


def customer(raw: Raw) -> GatewayCustomer:
    """A customer. Raises Unreadable."""
    with reading(f"customer {raw.get('id')}"):
        return GatewayCustomer(
            customer_ref=named(raw["id"]),
            email=said(raw.get("email")),
            livemode=flag(raw["livemode"]),
            user_id=_user_id(raw),
        )


def subscription(raw: Raw, *, as_of: datetime) -> GatewaySubscription:
    """A subscription with one item, as ours are. Raises Unreadable."""
    with reading(f"subscription {raw.get('id')}"):
        return _subscription(raw, as_of)


def invoice(raw: Raw, *, as_of: datetime, failed: bool | None = None) -> GatewayInvoice:
    """An invoice of a subscription; `failed` where the event says so. Raises Unreadable."""
    with reading(f"invoice {raw.get('id')}"):
        return _invoice(raw, as_of, failed)


def subscription_of(raw: Raw) -> str:
    """The id of the subscription an invoice belongs to, "" for one that was written by hand."""
    parent = raw.get("parent")
    details = parent.get("subscription_details") if isinstance(parent, dict) else None
    found = details.get("subscription") if isinstance(details, dict) else None
    return name_of(found) or name_of(raw.get("subscription"))  # before basil


def moment(seconds: Any) -> datetime | None:
    """Unix seconds as UTC. Access hangs on these: what is there and no time is Unreadable."""
    found = unix_moment(seconds)
    if found is None and seconds is not None:
        raise Unreadable(f"{seconds!r} is no time.")
    return found


def _user_id(raw: Raw) -> UUID | None:
    """Our user, where the object carries the word we gave along."""
    return our_id((raw.get("metadata") or {}).get(USER_KEY))


def _subscription(raw: Raw, as_of: datetime) -> GatewaySubscription:
    item = raw["items"]["data"][0]
    status = raw["status"]
    if status not in STATES:
        raise Unreadable(f"A subscription {status!r} is not known.")
    details = raw.get("cancellation_details") or {}
    period_end = moment(item.get("current_period_end", raw.get("current_period_end")))
    cancel_at = moment(raw.get("cancel_at"))
    ends = cancel_at is not None and period_end is not None and cancel_at <= period_end
    return GatewaySubscription(
        state=STATES[status],
        subscription_ref=named(raw["id"]),
        customer_ref=name_of(raw["customer"]),
        price_ref=name_of(item["price"]),
        livemode=flag(raw["livemode"]),
        as_of=as_of,
        user_id=_user_id(raw),
        period_start=moment(item.get("current_period_start", raw.get("current_period_start"))),
        period_end=period_end,
        trial_end=moment(raw.get("trial_end")),
        cancel_at_period_end=flag(raw["cancel_at_period_end"]) or ends,
        cancelled_at=moment(raw.get("canceled_at")),
        ended_at=moment(raw.get("ended_at")),
        reason=said(details.get("reason")),
    )


def _invoice(raw: Raw, as_of: datetime, failed: bool | None) -> GatewayInvoice:
    currency = raw["currency"]
    state = InvoiceSeen(raw["status"])
    attempts = raw["attempt_count"]
    if type(attempts) is not int:
        raise Unreadable(f"{attempts!r} is no number of tries.")
    if failed is None:
        failed = state is InvoiceSeen.OPEN and attempts > 0
    period = _period(raw)
    return GatewayInvoice(
        state=state,
        invoice_ref=named(raw["id"]),
        subscription_ref=subscription_of(raw),
        customer_ref=name_of(raw["customer"]),
        due=money_of(raw["amount_due"], currency),
        paid=money_of(raw["amount_paid"], currency),
        livemode=flag(raw["livemode"]),
        as_of=as_of,
        number=said(raw.get("number")),
        reason=said(raw.get("billing_reason")),
        failed=failed,
        attempts=attempts,
        next_attempt_at=moment(raw.get("next_payment_attempt")),
        period_start=moment(period.get("start")),
        period_end=moment(period.get("end")),
        payment_ref=_payment_of(raw),
        hosted_url=said(raw.get("hosted_invoice_url"), LONGEST_ADDRESS),
    )


def _period(raw: Raw) -> Raw:
    """What is paid for: the line's period. The invoice's own is the one before."""
    lines = (raw.get("lines") or {}).get("data") or []
    return dict(lines[-1]["period"]) if lines else {}


def _payment_of(raw: Raw) -> str:
    """The intent with which it was paid, where the list of payments is there."""
    payments = (raw.get("payments") or {}).get("data") or []
    paid = [one for one in payments if one.get("status") == "paid"] or payments
    return next((name_of((one.get("payment") or {}).get("payment_intent")) for one in paid), "")
