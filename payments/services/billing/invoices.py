"""Invoices as the gateways tell of them: forward only, booked once."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.services.tiers import lock_user
from core.events import Retry, publish
from payments.billing_enums import INVOICE_RANK, InvoiceState
from payments.gateways.billing import GatewayInvoice
from payments.house import as_house
from payments.models import Subscription, SubscriptionInvoice
from payments.services.billing import invoice_money
from payments.services.billing.customers import owner_of

Place = tuple[int, int, bool, datetime]


def observe(*, gateway: str, seen: GatewayInvoice, source: str) -> SubscriptionInvoice:
    """Take in how an invoice stands; only what is further on counts.

    News: `invoice.paid` once, `invoice.payment_failed` once per try. Raises NotOurs for a
    stranger's, Retry while its subscription is not here.
    """
    with as_house("invoice news"), transaction.atomic():
        subscription = _subscription(gateway, seen)
        lock_user(subscription.user_id)
        rows = SubscriptionInvoice.objects.filter(gateway=gateway, gateway_ref=seen.invoice_ref)
        known = rows.first()
        row = known or SubscriptionInvoice(
            gateway=gateway, gateway_ref=seen.invoice_ref, subscription=subscription
        )
        if known is None or _place_of(seen) > _place(known):
            _fill(row, seen)
            row.save()
            _announce(row)
        _complete(row, seen)
        invoice_money.book(row)
        return row


def shown(row: SubscriptionInvoice) -> dict[str, Any]:
    """What other floors are told."""
    return {
        "invoice_id": str(row.pk),
        "number": row.number,
        "subscription_id": str(row.subscription_id),
        "user_id": str(row.subscription.user_id),
        "gateway": row.gateway,
        "payment_ref": row.payment_ref or "",
        "due_minor": row.due_minor,
        "paid_minor": row.paid_minor,
        "refunded_minor": row.refunded_minor,
        "currency": row.currency,
        "attempts": row.attempts,
    }


def _subscription(gateway: str, seen: GatewayInvoice) -> Subscription:
    rows = Subscription.objects.filter(gateway=gateway, gateway_ref=seen.subscription_ref)
    found = rows.first()
    if found is None:
        owner_of(gateway=gateway, customer_ref=seen.customer_ref, user_id=None)
        raise Retry(f"Subscription {seen.subscription_ref} is not known here yet.")
    return found


def _place(row: SubscriptionInvoice) -> Place:
    return INVOICE_RANK[InvoiceState(row.state)], row.attempts, row.failed, row.as_of


def _place_of(seen: GatewayInvoice) -> Place:
    return INVOICE_RANK[InvoiceState(seen.state.value)], seen.attempts, seen.failed, seen.as_of


def _fill(row: SubscriptionInvoice, seen: GatewayInvoice) -> None:
    row.state = seen.state.value
    row.currency, row.due_minor = seen.due.currency, seen.due.minor
    if seen.state.value == InvoiceState.PAID:
        row.paid_minor = seen.paid.minor
        row.paid_at = row.paid_at or seen.as_of
    row.attempts, row.failed, row.as_of = seen.attempts, seen.failed, seen.as_of
    row.next_attempt_at = seen.next_attempt_at
    row.number, row.reason = seen.number or row.number, seen.reason or row.reason
    row.hosted_url = seen.hosted_url or row.hosted_url
    row.period_start = seen.period_start or row.period_start
    row.period_end = seen.period_end or row.period_end


def _complete(row: SubscriptionInvoice, seen: GatewayInvoice) -> None:
    """What is told late, and once: which money it was, and what the gateway kept of it."""
    if row.state != InvoiceState.PAID:
        return
    if seen.payment_ref and not row.payment_ref:
        row.payment_ref = seen.payment_ref
        row.save(update_fields=["payment_ref", "updated_at"])
    if seen.fee is not None and row.fee_minor is None:
        row.fee_minor, row.fee_currency = seen.fee.minor, seen.fee.currency
        row.save(update_fields=["fee_minor", "fee_currency", "updated_at"])


def _announce(row: SubscriptionInvoice) -> None:
    subject = f"subscription:{row.subscription_id}"
    if row.state == InvoiceState.PAID and row.paid_minor:
        publish(
            type="invoice.paid",
            subject=subject,
            data=shown(row),
            dedupe_key=f"invoice.paid:{row.pk}",
        )
    elif row.failed and row.state == InvoiceState.OPEN:
        publish(
            type="invoice.payment_failed",
            subject=subject,
            data=shown(row),
            dedupe_key=f"invoice.payment_failed:{row.pk}:{row.attempts}",
        )
