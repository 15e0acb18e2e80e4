"""The money of invoices in the books: earned, refunded, disputed."""

from typing import Any

from django.db import transaction
from django.db.models import Count, Sum

from core.events import publish
from core.money import Money
from payments.billing_enums import InvoiceState
from payments.gateways.interface import DisputeSeen, GatewayDispute, GatewayRefund, RefundSeen
from payments.house import as_house
from payments.models import LedgerEntry, LedgerTransaction, SubscriptionInvoice
from payments.services.books.accounts import (
    DISPUTE_LOSSES,
    SUBSCRIPTIONS,
    at_gateway,
    dispute_fees_of,
    disputes_of,
    fees_of,
)
from payments.services.books.ledger import Line, moved, post


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


def take_back(*, gateway: str, seen: GatewayRefund | GatewayDispute, source: str) -> bool:
    """Money of an invoice goes back; False when it is no invoice's."""
    if invoice_paid_by(gateway=gateway, payment_ref=seen.payment_ref) is None:
        return False
    if isinstance(seen, GatewayRefund):
        refunded(gateway=gateway, seen=seen, source=source)
    else:
        disputed(gateway=gateway, seen=seen, source=source)
    return True


def refunded(*, gateway: str, seen: GatewayRefund, source: str) -> None:
    """An invoice's money went back (asked for at the gateway). Each refund is booked once, and
    once more the other way when the bank did not take it after all.
    """
    there = at_gateway(gateway)
    if seen.state is RefundSeen.SUCCEEDED:
        _move_back(
            gateway, seen, "invoice_refund", moved(seen.amount, to=SUBSCRIPTIONS, out_of=there)
        )
    elif seen.state is RefundSeen.FAILED:
        _move_back(
            gateway,
            seen,
            "invoice_refund_failed",
            moved(seen.amount, to=there, out_of=SUBSCRIPTIONS),
        )


def disputed(*, gateway: str, seen: GatewayDispute, source: str) -> None:
    """A payer disputes an invoice's money: what the gateway took, gave back and kept is booked.

    What it took so far stands in the books, so that a repetition is nothing new, and money that is
    taken, given back and taken again, or by two disputes of one invoice, is booked each time.
    """
    with as_house("invoice dispute"), transaction.atomic():
        row = _locked(gateway, seen.payment_ref)
        there, taken = at_gateway(gateway), disputes_of(gateway)
        name = f"{gateway}:{seen.dispute_ref}"
        what = f"Invoice {row} disputed"
        if seen.fee:
            post(
                kind="invoice_dispute_fee", source=name, description=what,
                entries=moved(seen.fee, to=dispute_fees_of(gateway), out_of=there),
            )  # fmt: skip
        moves, before = _so_far("invoice_dispute", name, row)
        after = before if seen.withdrawn is None else seen.withdrawn
        if after != before:
            post(
                kind="invoice_dispute",
                source=f"{name}:{moves + 1}",
                description=what,
                entries=moved(after - before, to=taken, out_of=there),
            )
            row.disputed_minor += (after - before).minor
            row.save(update_fields=["disputed_minor", "updated_at"])
            _announce("invoice.disputed", row, f"{seen.dispute_ref}:{moves + 1}")
        decisions, lost = _so_far("invoice_dispute_lost", name, row)
        loss = after if seen.state is DisputeSeen.LOST else after - after
        if loss != lost:
            post(
                kind="invoice_dispute_lost",
                source=f"{name}:{decisions + 1}",
                description=f"{what}: {seen.state.value}",
                entries=moved(loss - lost, to=DISPUTE_LOSSES, out_of=taken),
            )


def _so_far(kind: str, name: str, row: SubscriptionInvoice) -> tuple[int, Money]:
    """How often something was booked for one dispute, and what it comes to by now: taken by the
    gateway, or given up as lost."""
    out_of = disputes_of if kind.endswith("_lost") else at_gateway
    entries = LedgerEntry.objects.filter(
        transaction__kind=kind,
        transaction__source__startswith=f"{name}:",
        account__code=out_of(row.gateway).code,
        currency=row.currency,
    )
    sums = entries.aggregate(moves=Count("id"), total=Sum("amount_minor"))
    return sums["moves"], Money(-int(sums["total"] or 0), row.currency)


def _move_back(gateway: str, seen: GatewayRefund, kind: str, entries: list[Line]) -> None:
    """Book one refund, or its failure; a failure only of what was booked."""
    name = f"{gateway}:{seen.refund_ref}"
    with as_house("invoice refund"), transaction.atomic():
        row = _locked(gateway, seen.payment_ref)
        booked = LedgerTransaction.objects.filter(kind="invoice_refund", source=name).exists()
        fails = kind != "invoice_refund"
        if fails != booked:
            return
        if post(kind=kind, source=name, description=f"Invoice {row} refunded", entries=entries):
            row.refunded_minor += -seen.amount.minor if fails else seen.amount.minor
            row.save(update_fields=["refunded_minor", "updated_at"])
            told = "invoice.refund_failed" if fails else "invoice.refunded"
            news = {"refund_minor": seen.amount.minor, "refund_ref": seen.refund_ref}
            _announce(told, row, seen.refund_ref, **news)


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
            "disputed_minor": row.disputed_minor,
            "currency": row.currency,
            "gateway": row.gateway,
            "payment_ref": row.payment_ref,
        }
        | more,
        dedupe_key=f"{event_type}:{row.pk}:{once}"[:300],
    )
