"""One payment of the gateway's list against what we have of it. Nothing is read or written here."""

from dataclasses import dataclass
from datetime import UTC, datetime

from core.money import Money
from payments.enums import AttemptState, PaymentStatus
from payments.gateways.interface import GatewayPayment, Seen
from payments.models import DifferenceKind, PaymentAttempt, SubscriptionInvoice
from payments.services.reconcile.finding import Finding

BOOK_THE_FEE = "Book the fee the gateway shows."
FEE_CHANGED = "The gateway changed its fee; explain it, or write the rest off."


@dataclass(frozen=True, slots=True)
class Ours:
    """What belongs to a line of the list: an attempt, a subscription's invoice, or neither.

    `paid_by`: the line names this attempt of ours, which was paid by other money.
    """

    attempt: PaymentAttempt | None = None
    invoice: SubscriptionInvoice | None = None
    paid_by: PaymentAttempt | None = None


def name_of(seen: GatewayPayment) -> str:
    """The gateway's name of the money; of its page where the money has none."""
    return seen.payment_ref or seen.gateway_ref


def compare_payment(seen: GatewayPayment, ours: Ours) -> list[Finding]:
    """The differences between a payment the gateway holds as captured and our book."""
    if seen.state is not Seen.CAPTURED:
        return []
    if ours.attempt is not None:
        return _with_attempt(seen, ours.attempt)
    if ours.invoice is not None:
        return _with_invoice(seen, ours.invoice)
    return [_missing_here(seen, ours)]


def _with_attempt(seen: GatewayPayment, attempt: PaymentAttempt) -> list[Finding]:
    if attempt.state != AttemptState.CAPTURED:
        return [_not_booked(seen, attempt)]
    found = []
    if seen.amount.currency != attempt.captured.currency:
        found.append(
            _about(
                seen,
                attempt,
                DifferenceKind.CURRENCY,
                ours=f"{attempt.captured} booked",
                unexplained=seen.amount,
                proposal="Ask the gateway; correct the books by a reversal once it is understood.",
            )
        )
    elif seen.amount != attempt.captured:
        found.append(
            _about(
                seen,
                attempt,
                DifferenceKind.AMOUNT,
                ours=f"{attempt.captured} booked",
                unexplained=seen.amount - attempt.captured,
                proposal="Ask the gateway why; explain it, or write the rest off.",
            )
        )
    if seen.fee is not None and seen.fee != attempt.fee:
        found.append(_other_fee(seen, attempt, seen.fee))
    return found


def _not_booked(seen: GatewayPayment, attempt: PaymentAttempt) -> Finding:
    """The gateway has the money; we are still waiting, have given up, or hold it for review."""
    payment = attempt.payment
    held = payment.status == PaymentStatus.HELD
    kind = DifferenceKind.STATE
    if seen.amount.currency != attempt.currency:
        kind = DifferenceKind.CURRENCY
    elif seen.amount != attempt.amount:
        kind = DifferenceKind.AMOUNT
    stands = f"{attempt.amount} asked for, {attempt.get_state_display().lower()}"
    return _about(
        seen,
        attempt,
        kind,
        ours=f"{stands}; held: {payment.status_reason}" if held else stands,
        unexplained=seen.amount,
        proposal=(
            "Decide on the held payment: accept what came in, or give it back."
            if held
            else "Settle by what the gateway shows; its webhook was lost."
        ),
        mendable=not held,
        safe=not held,
    )


def _other_fee(seen: GatewayPayment, attempt: PaymentAttempt, fee: Money) -> Finding:
    known = attempt.fee
    same_currency = known is None or known.currency == fee.currency
    return _about(
        seen,
        attempt,
        DifferenceKind.FEE,
        theirs=f"fee {fee}",
        ours=f"fee {known}" if known is not None else "no fee booked",
        unexplained=fee - known if known is not None and same_currency else fee,
        proposal=BOOK_THE_FEE if known is None else FEE_CHANGED,
        mendable=known is None,
        safe=known is None,
    )


def _about(
    seen: GatewayPayment,
    attempt: PaymentAttempt,
    kind: DifferenceKind,
    *,
    ours: str,
    unexplained: Money,
    proposal: str,
    theirs: str = "",
    mendable: bool = False,
    safe: bool = False,
) -> Finding:
    return Finding(
        kind=kind,
        ref=name_of(seen),
        theirs=theirs or f"{seen.amount} captured",
        ours=ours,
        unexplained=unexplained,
        proposal=proposal,
        happened_at=seen.created_at or datetime.now(UTC),
        mendable=mendable,
        safe=safe,
        payment_ref=seen.payment_ref,
        payment_id=attempt.payment_id,
        attempt_id=attempt.pk,
    )


def _with_invoice(seen: GatewayPayment, invoice: SubscriptionInvoice) -> list[Finding]:
    """Subscriptions are booked by their invoices; what the gateway shows is compared with those."""
    stands = f"invoice {invoice}: {invoice.paid} paid, {invoice.get_state_display().lower()}"
    if seen.amount == invoice.paid:
        fee = seen.fee
        return [] if fee is None or fee == invoice.fee else [_invoice_fee(seen, invoice, fee)]
    other = seen.amount.currency != invoice.currency
    kind = DifferenceKind.CURRENCY if other else DifferenceKind.AMOUNT
    if not other and not invoice.paid:
        kind = DifferenceKind.STATE
    return [
        Finding(
            kind=kind,
            ref=name_of(seen),
            theirs=f"{seen.amount} captured",
            ours=stands,
            unexplained=seen.amount if other else seen.amount - invoice.paid,
            proposal="Have the gateway send the invoice's event again; explain it if it stays.",
            happened_at=seen.created_at or datetime.now(UTC),
            payment_ref=seen.payment_ref,
            invoice_id=invoice.pk,
        )
    ]


def _invoice_fee(seen: GatewayPayment, invoice: SubscriptionInvoice, fee: Money) -> Finding:
    known = invoice.fee
    same_currency = known is None or known.currency == fee.currency
    return Finding(
        kind=DifferenceKind.FEE,
        ref=name_of(seen),
        theirs=f"fee {fee}",
        ours=f"invoice {invoice}: " + (f"fee {known}" if known is not None else "no fee booked"),
        unexplained=fee - known if known is not None and same_currency else fee,
        proposal=BOOK_THE_FEE if known is None else FEE_CHANGED,
        happened_at=seen.created_at or datetime.now(UTC),
        mendable=known is None,
        safe=known is None,
        payment_ref=seen.payment_ref,
        invoice_id=invoice.pk,
    )


def _missing_here(seen: GatewayPayment, ours: Ours) -> Finding:
    other = ours.paid_by
    if other is not None:
        stands = f"{other.payment.reference} is paid by {other.gateway_payment_ref}"
        proposal = "Paid twice: give this one back at the gateway."
    elif seen.reference:
        stands = f"no payment is called {seen.reference}"
        proposal = "Look whether another Tradewind uses this account; if not, give it back."
    else:
        stands = "not started by Tradewind, and no invoice names it"
        proposal = "Somebody else charges through this account: explain it."
    return Finding(
        kind=DifferenceKind.MISSING_HERE,
        ref=name_of(seen),
        theirs=f"{seen.amount} captured",
        ours=stands,
        unexplained=seen.amount,
        proposal=proposal,
        happened_at=seen.created_at or datetime.now(UTC),
        payment_ref=seen.payment_ref,
        payment_id=other.payment_id if other is not None else None,
    )
