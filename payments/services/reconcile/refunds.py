"""One refund of the gateway's list against what we have of it. Nothing is read or written here."""

from dataclasses import dataclass
from datetime import UTC, datetime

from core.money import Money
from payments.enums import REFUND_TAKEN
from payments.gateways.interface import GatewayRefund, RefundSeen
from payments.models import DifferenceKind, PaymentAttempt, Refund, SubscriptionInvoice
from payments.services.reconcile.finding import Finding
from payments.services.refunds.observing import STATES

OVER = (RefundSeen.SUCCEEDED, RefundSeen.FAILED)  # a list may be older than what we heard since


@dataclass(frozen=True, slots=True)
class OurRefund:
    """What belongs to a refund of the list: our row, or the attempt or invoice whose money goes
    back. Refunds of invoices have no rows: they are in the books or not."""

    refund: Refund | None = None
    attempt: PaymentAttempt | None = None
    invoice: SubscriptionInvoice | None = None
    is_booked: bool = False


def compare_refund(seen: GatewayRefund, ours: OurRefund) -> list[Finding]:
    """The differences between a refund at the gateway and our book."""
    refund = ours.refund
    if refund is None:
        nothing = seen.state is RefundSeen.FAILED or ours.is_booked
        waits = ours.invoice is not None and seen.state is not RefundSeen.SUCCEEDED
        return [] if nothing or waits else [_missing_here(seen, ours)]
    if seen.amount != refund.amount:
        return [_other_amount(seen, refund)]
    state = STATES[seen.state]
    safe = refund.may_become(state)
    if refund.state == state or not (safe or seen.state in OVER):
        return []
    return [
        _about(
            seen,
            DifferenceKind.REFUND_STATE,
            ours=f"{refund.amount}, {refund.get_state_display().lower()}",
            unexplained=_unbooked(seen, refund),
            proposal=(
                "Follow what the gateway shows; its webhook was lost."
                if safe
                else "Ask the gateway: it says otherwise than before."
            ),
            safe=safe,
            refund=refund,
        )
    ]


def _missing_here(seen: GatewayRefund, ours: OurRefund) -> Finding:
    stands = "the payment is not ours"
    if ours.attempt is not None:
        stands = f"{ours.attempt.payment.reference} without this refund"
    elif ours.invoice is not None:
        stands = f"invoice {ours.invoice} without this refund"
    known = ours.attempt is not None or ours.invoice is not None
    return _about(
        seen,
        DifferenceKind.REFUND_MISSING_HERE,
        ours=stands,
        unexplained=-seen.amount,
        proposal=(
            "Take it over: it was made at the gateway, or its webhook was lost."
            if known
            else "Explain it together with its payment."
        ),
        safe=known,
        attempt=ours.attempt,
        invoice=ours.invoice,
    )


def _other_amount(seen: GatewayRefund, refund: Refund) -> Finding:
    same = seen.amount.currency == refund.currency
    return _about(
        seen,
        DifferenceKind.REFUND_AMOUNT,
        ours=f"{refund.amount}, {refund.get_state_display().lower()}",
        unexplained=refund.amount - seen.amount if same else -seen.amount,
        proposal="Ask the gateway why; explain it, or write the rest off.",
        refund=refund,
    )


def _unbooked(seen: GatewayRefund, refund: Refund) -> Money:
    """What the gateway has taken and our books still hold, as a loss; the other way round, a
    gain."""
    taken = STATES[seen.state] in REFUND_TAKEN
    return seen.amount * (int(refund.is_booked) - int(taken))


def _about(
    seen: GatewayRefund,
    kind: DifferenceKind,
    *,
    ours: str,
    unexplained: Money,
    proposal: str,
    safe: bool = False,
    refund: Refund | None = None,
    attempt: PaymentAttempt | None = None,
    invoice: SubscriptionInvoice | None = None,
) -> Finding:
    payment_id = refund.payment_id if refund else attempt.payment_id if attempt else None
    return Finding(
        kind=kind,
        ref=seen.refund_ref,
        theirs=f"{seen.amount} {seen.state.replace('_', ' ')}",
        ours=ours,
        unexplained=unexplained,
        proposal=proposal,
        happened_at=seen.created_at or datetime.now(UTC),
        mendable=safe,
        safe=safe,
        payment_ref=seen.payment_ref,
        payment_id=payment_id,
        attempt_id=refund.attempt_id if refund else attempt.pk if attempt else None,
        refund_id=refund.pk if refund else None,
        invoice_id=invoice.pk if invoice else None,
    )
