"""Paystack's customers, subscriptions and invoices, as plain dicts, in our words.

None of them says when it was so: what is read here was asked for at `as_of`.
"""

from calendar import monthrange
from datetime import datetime
from typing import Any

from core.money import Money
from payments.gateways.billing import (
    GatewayCustomer,
    GatewayInvoice,
    GatewaySubscription,
    InvoiceSeen,
    SubscriptionSeen,
)
from payments.gateways.interface import GatewayPayment
from payments.gateways.paystack.reading import guarded, is_live, moment, money
from payments.gateways.paystack.words import is_subscription_page
from payments.gateways.reading import Raw, Unreadable, named, word

# Attention: a renewal failed. Non-renewing: disabled, and what is paid lasts to its end.
STATES = {
    "active": SubscriptionSeen.ACTIVE,
    "non-renewing": SubscriptionSeen.ACTIVE,
    "attention": SubscriptionSeen.PAST_DUE,
    "cancelled": SubscriptionSeen.CANCELLED,
    "complete": SubscriptionSeen.CANCELLED,
    "completed": SubscriptionSeen.CANCELLED,
}
MONTHS = {"monthly": 1, "quarterly": 3, "biannually": 6, "annually": 12}
INTERVALS = {months: interval for interval, months in MONTHS.items()}
Period = tuple[datetime | None, datetime | None]


def customer(raw: Any) -> GatewayCustomer:
    """A customer. Raises Unreadable."""
    return guarded(
        lambda raw: GatewayCustomer(
            customer_ref=named(raw["customer_code"]),
            email=word(raw.get("email")),
            livemode=is_live(raw["domain"]),
        ),
        raw,
    )


def subscription(raw: Any, *, as_of: datetime) -> GatewaySubscription:
    """A subscription, as GET /subscription/:code shows it. Raises Unreadable."""

    def reader(raw: Raw) -> GatewaySubscription:
        said = named(raw["status"])
        state = STATES.get(said)
        if state is None:
            raise Unreadable(f"{said!r} is no state of a subscription.")
        period_start, period_end = _period(raw)
        over = state is SubscriptionSeen.CANCELLED
        return GatewaySubscription(
            state=state,
            subscription_ref=named(raw["subscription_code"]),
            customer_ref=named(raw["customer"]["customer_code"]),
            price_ref=named(raw["plan"]["plan_code"]),
            livemode=is_live(raw["domain"]),
            as_of=as_of,
            period_start=period_start,
            period_end=period_end,
            cancel_at_period_end=said == "non-renewing",
            ended_at=as_of if over else None,
            reason=said,
        )

    return guarded(reader, raw)


def _period(raw: Raw) -> Period:
    """What is paid for. A subscription that is not renewed has no next payment: its last invoice
    says until when, or its first period, which has none."""
    last = raw.get("most_recent_invoice")
    if isinstance(last, dict) and last.get("paid"):
        start, end = invoiced_period(last)
    else:
        start = moment(raw.get("createdAt") or raw.get("created_at"))
        months = MONTHS.get(word(raw["plan"].get("interval")))
        end = _later(start, months) if start and months else None
    return start, moment(raw.get("next_payment_date")) or end


def _later(start: datetime, months: int) -> datetime:
    """The same day some months on, or the month's last where there is none."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    day = min(start.day, monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)


def invoiced_period(raw: Raw) -> Period:
    """From and until, where that makes sense (Paystack's own samples end before they begin)."""
    start, end = moment(raw.get("period_start")), moment(raw.get("period_end"))
    return start, end if start and end and end > start else None


def invoice(
    raw: Any,
    *,
    of: GatewaySubscription,
    currency: str,
    paid_by: GatewayPayment | None,
    as_of: datetime,
    failed: bool = False,
) -> GatewayInvoice:
    """An invoice of a subscription; `paid_by` is the transaction it names. Raises Unreadable."""

    def reader(raw: Raw) -> GatewayInvoice:
        due = money(raw["amount"], currency)
        is_paid = raw.get("paid") is True or raw.get("status") == "success"
        start, end = invoiced_period(raw)
        page = paid_by.gateway_ref if paid_by else ""
        return GatewayInvoice(
            state=InvoiceSeen.PAID if is_paid else InvoiceSeen.OPEN,
            # the first payment is known by its page, whatever else Paystack calls it
            invoice_ref=page if is_subscription_page(page) else named(raw["invoice_code"]),
            subscription_ref=of.subscription_ref,
            customer_ref=of.customer_ref,
            due=due,
            paid=due if is_paid else Money.zero(due.currency),
            livemode=of.livemode,
            as_of=as_of,
            number=word(raw.get("invoice_code")),
            reason="subscription_cycle",
            failed=failed and not is_paid,
            attempts=1 if is_paid or failed else 0,
            period_start=start,
            period_end=end,
            payment_ref=paid_by.payment_ref if paid_by and is_paid else "",
            fee=paid_by.fee if paid_by and is_paid else None,
        )

    return guarded(reader, raw)


def first_invoice(
    paid_by: GatewayPayment, *, of: GatewaySubscription, as_of: datetime
) -> GatewayInvoice:
    """The first payment of a plan, which Paystack makes no invoice of."""
    return GatewayInvoice(
        state=InvoiceSeen.PAID,
        invoice_ref=paid_by.gateway_ref,
        subscription_ref=of.subscription_ref,
        customer_ref=of.customer_ref,
        due=paid_by.amount,
        paid=paid_by.amount,
        livemode=paid_by.livemode,
        as_of=as_of,
        reason="subscription_create",
        attempts=1,
        payment_ref=paid_by.payment_ref,
        fee=paid_by.fee,
    )
