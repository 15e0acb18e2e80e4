"""The money of invoices in the books: earned, refunded, disputed."""

from typing import Any

from django.db import transaction

from core.events import publish
from core.money import Money
from payments.billing_enums import InvoiceState
from payments.gateways.interface import GatewayDispute, GatewayRefund, RefundSeen
from payments.house import as_house
from payments.models import SubscriptionInvoice
from payments.services.accounts import SUBSCRIPTIONS, at_gateway, fees_of
from payments.services.ledger import moved, post


def book(row: SubscriptionInvoice) -> None:
    """What came in, and what the gateway kept of it; each once, whatever repeats."""
    if row.state != InvoiceState.PAID or not row.paid_minor:
        return
    there = at_gateway(row.gateway)
    post(
        kind="invoice_payment",
        source=str(row.pk),
        description=f"Invoice {row} paid through {row.gateway}",
        entries=moved(row.paid, to=there, out_of=SUBSCRIPTIONS),
    )
    if row.fee_minor and row.fee_currency:
        post(
            kind="invoice_fee",
            source=str(row.pk),
            description=f"Fee of {row.gateway} for invoice {row}",
            entries=moved(
                Money(row.fee_minor, row.fee_currency), to=fees_of(row.gateway), out_of=there
            ),
        )


def invoice_paid_by(*, gateway: str, payment_ref: str) -> SubscriptionInvoice | None:
    """The invoice that a gateway's money belongs to."""
    if not payment_ref:
        return None
    with as_house("invoice by its money"), transaction.atomic():
        rows = SubscriptionInvoice.objects.select_related("subscription")
        return rows.filter(gateway=gateway, payment_ref=payment_ref).first()


def refunded(*, gateway: str, seen: GatewayRefund, source: str) -> None:
    """An invoice's money went back (asked for at the gateway). Each refund is booked once."""
    if seen.state is not RefundSeen.SUCCEEDED:
        return
    with as_house("invoice refund"), transaction.atomic():
        row = _locked(gateway, seen.payment_ref)
        is_new = post(
            kind="invoice_refund",
            source=f"{gateway}:{seen.refund_ref}",
            description=f"Invoice {row} refunded",
            entries=moved(seen.amount, to=SUBSCRIPTIONS, out_of=at_gateway(gateway)),
        )
        if is_new:
            row.refunded_minor += seen.amount.minor
            row.save(update_fields=["refunded_minor", "updated_at"])
            _announce("invoice.refunded", row, seen.refund_ref, refund_minor=seen.amount.minor)


def disputed(*, gateway: str, seen: GatewayDispute, source: str) -> None:
    """A payer disputes an invoice's money: what the gateway took, and gave back, is booked.

    Each movement is named by the sum the gateway has taken after it, so that a repetition is
    nothing new.
    """
    with as_house("invoice dispute"), transaction.atomic():
        row = _locked(gateway, seen.payment_ref)
        if seen.withdrawn is None:
            return
        fresh = seen.withdrawn - Money(row.disputed_minor, row.currency)
        if not fresh:
            return
        is_new = post(
            kind="invoice_dispute",
            source=f"{gateway}:{seen.dispute_ref}:{row.disputed_minor}:{seen.withdrawn.minor}",
            description=f"Invoice {row} disputed",
            entries=moved(fresh, to=SUBSCRIPTIONS, out_of=at_gateway(gateway)),
        )
        if is_new:
            row.disputed_minor = seen.withdrawn.minor
            row.save(update_fields=["disputed_minor", "updated_at"])
            _announce(
                "invoice.disputed", row, f"{seen.dispute_ref}:{row.disputed_minor}",
                disputed_minor=row.disputed_minor,
            )  # fmt: skip


def _locked(gateway: str, payment_ref: str) -> SubscriptionInvoice:
    rows = SubscriptionInvoice.objects.select_for_update(of=("self",)).select_related(
        "subscription"
    )
    return rows.get(gateway=gateway, payment_ref=payment_ref)


def _announce(event_type: str, row: SubscriptionInvoice, once: str, **more: Any) -> None:
    publish(
        type=event_type,
        subject=f"subscription:{row.subscription_id}",
        data={
            "invoice_id": str(row.pk),
            "subscription_id": str(row.subscription_id),
            "user_id": str(row.subscription.user_id),
            "paid_minor": row.paid_minor,
            "refunded_minor": row.refunded_minor,
            "currency": row.currency,
            "gateway": row.gateway,
            "payment_ref": row.payment_ref,
        }
        | more,
        dedupe_key=f"{event_type}:{row.pk}:{once}"[:300],
    )
