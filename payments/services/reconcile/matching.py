"""Which rows of ours belong to lines of a gateway's list: a handful of queries per page."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from payments.gateways.interface import GatewayPayment, GatewayRefund
from payments.models import LedgerTransaction, PaymentAttempt, Refund, SubscriptionInvoice
from payments.services.reconcile.payments import Ours
from payments.services.reconcile.refunds import OurRefund

Rows = QuerySet[PaymentAttempt]


def match_payments(gateway: str, page: Sequence[GatewayPayment]) -> list[Ours]:
    """For each payment of the page what we have of it, in the caller's transaction.

    The gateway's name of the money is the surest; then our own id, its page, our reference. An
    attempt that is already paid by other money is not this one.
    """
    rows = PaymentAttempt.objects.filter(gateway=gateway).select_related("payment")
    by_money = _by(rows, "gateway_payment_ref", (seen.payment_ref for seen in page))
    rest = [seen for seen in page if seen.payment_ref not in by_money]
    by_id = rows.in_bulk({seen.attempt_id for seen in rest if seen.attempt_id})
    by_page = _by(rows, "gateway_ref", (seen.gateway_ref for seen in rest))
    by_reference = _by_reference(rows, rest)
    invoices = _invoices(gateway, (seen.payment_ref for seen in rest))

    def ours(seen: GatewayPayment) -> Ours:
        known = by_money.get(seen.payment_ref)
        if known is not None:
            return Ours(known)
        paid_by = None
        for named in (
            by_id.get(seen.attempt_id) if seen.attempt_id else None,
            by_page.get(seen.gateway_ref),
            by_reference.get(seen.reference),
        ):
            if named is None:
                continue
            if not named.gateway_payment_ref or not seen.payment_ref:
                return Ours(named)
            paid_by = paid_by or named
        return Ours(invoice=invoices.get(seen.payment_ref), paid_by=paid_by)

    return [ours(seen) for seen in page]


def match_refunds(gateway: str, page: Sequence[GatewayRefund]) -> list[OurRefund]:
    """For each refund of the page our row, or at least the attempt whose money it takes back."""
    rows = Refund.objects.filter(gateway=gateway)
    by_name = {
        row.gateway_ref: row
        for row in rows.filter(gateway_ref__in={seen.refund_ref for seen in page})
    }
    rest = [seen for seen in page if seen.refund_ref not in by_name]
    by_id = rows.in_bulk({seen.refund_id for seen in rest if seen.refund_id})
    attempts = _by(
        PaymentAttempt.objects.filter(gateway=gateway).select_related("payment"),
        "gateway_payment_ref",
        (seen.payment_ref for seen in rest),
    )
    invoices = _invoices(gateway, (seen.payment_ref for seen in rest))
    booked = _booked_for_invoices(gateway, rest) if invoices else set()

    def ours(seen: GatewayRefund) -> OurRefund:
        refund = by_name.get(seen.refund_ref)
        if refund is None and seen.refund_id is not None:
            asked = by_id.get(seen.refund_id)
            refund = asked if asked is not None and not asked.gateway_ref else None
        attempt, invoice = attempts.get(seen.payment_ref), invoices.get(seen.payment_ref)
        return OurRefund(refund, attempt, invoice, is_booked=seen.refund_ref in booked)

    return [ours(seen) for seen in page]


def _by(rows: Rows, field: str, names: Iterable[str]) -> dict[str, PaymentAttempt]:
    wanted = {name for name in names if name}
    found = rows.filter(**{f"{field}__in": wanted}) if wanted else []
    return {getattr(row, field): row for row in found}


def _by_reference(rows: Rows, page: Sequence[GatewayPayment]) -> dict[str, PaymentAttempt]:
    """The attempt of a payment that is free to be this one; else the one that paid it."""
    wanted = {seen.reference for seen in page if seen.reference}
    found = rows.filter(payment__reference__in=wanted) if wanted else []
    best: dict[str, PaymentAttempt] = {}
    for row in sorted(found, key=lambda row: (not row.gateway_payment_ref, row.pk)):
        best[row.payment.reference] = row
    return best


def _invoices(gateway: str, names: Iterable[str]) -> dict[str, SubscriptionInvoice]:
    """Subscriptions are charged by the gateway: its money is named by their invoices."""
    wanted = {name for name in names if name}
    if not wanted:
        return {}
    rows = SubscriptionInvoice.objects.filter(gateway=gateway, payment_ref__in=wanted)
    return {str(row.payment_ref): row for row in rows}


def _booked_for_invoices(gateway: str, page: Sequence[GatewayRefund]) -> set[str]:
    """Refunds of invoices are booked under their own names (billing/invoice_money.py)."""
    sources = {f"{gateway}:{seen.refund_ref}": seen.refund_ref for seen in page}
    rows = LedgerTransaction.objects.filter(kind="invoice_refund", source__in=sources)
    return {sources[source] for source in rows.values_list("source", flat=True)}
