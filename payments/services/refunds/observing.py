"""A refund as the gateway shows it: booked when the gateway has taken it, unbooked when it failed.

Webhook, our own call and the reconciler all end here, under the payment's lock.
"""

from uuid import UUID

from django.db import transaction

from core.events import Retry, publish
from payments.enums import REFUND_TAKEN, RefundState
from payments.gateways.interface import GatewayRefund, RefundSeen
from payments.house import as_house
from payments.locks import lock_attempt
from payments.models import Payment, PaymentAttempt, Refund
from payments.services import history
from payments.services.books.booking import book_refund, book_refund_settled, unbook_refund
from payments.services.refunds.matching import row_of
from payments.services.standing import restate

STATES: dict[RefundSeen, RefundState] = {
    RefundSeen.PENDING: RefundState.PENDING,
    RefundSeen.SUCCEEDED: RefundState.SUCCEEDED,
    RefundSeen.FAILED: RefundState.FAILED,
    RefundSeen.NEEDS_ATTENTION: RefundState.NEEDS_ATTENTION,
}
FINISHED = (RefundState.SUCCEEDED, RefundState.FAILED)


class TooEarly(Retry):
    """The refund overtook the news that the money came in: the delivery is tried again."""


def observe(*, attempt_id: UUID, seen: GatewayRefund, source: str) -> Refund | None:
    """Bring one refund up to what the gateway shows; None when it does not fit the attempt.

    Raises PaymentAttempt.DoesNotExist, TooEarly, GaveTooMuch (both to be tried again).
    """
    with as_house("refund"), transaction.atomic(savepoint=False):
        payment, attempt = lock_attempt(attempt_id)
        if not attempt.captured:
            raise TooEarly(f"{payment.reference} is not known to be paid yet.")
        wrong = _objections(attempt, seen)
        if wrong:
            history.note(
                attempt,
                "mismatch",
                key=f"refund_mismatch:{seen.refund_ref}:{wrong}"[:300],
                amount=seen.amount,
                source=source,
                details={"refund": seen.refund_ref, "objections": [wrong]},
            )
            return None
        refund = row_of(attempt, seen)
        _advance(payment, refund, seen, source)
        return refund


def refuse(refund: Refund, why: str) -> None:
    """The gateway will not do it: in the caller's transaction, which holds the payment."""
    refund.state, refund.failure, refund.finished_at = RefundState.FAILED, why, history.now()
    refund.save()
    _note(refund, "refund", why)
    history.announce("payment.refund_over", refund.payment, refund_id=str(refund.pk))


def _objections(attempt: PaymentAttempt, seen: GatewayRefund) -> str:
    """A sentence a clerk can read, or nothing."""
    if seen.amount.currency != attempt.captured.currency:
        return f"The refund is in {seen.amount.currency}, {attempt.captured} came in."
    if attempt.livemode is not None and seen.livemode != attempt.livemode:
        return "Test money and real money are mixed up."
    ours = attempt.gateway_payment_ref
    if ours and seen.payment_ref and ours != seen.payment_ref:
        return f"It gives {seen.payment_ref} back, not {ours}."
    return ""


def _advance(payment: Payment, refund: Refund, seen: GatewayRefund, source: str) -> None:
    state = STATES[seen.state]
    settles = refund.settled is None and seen.settled is not None
    unbooked = state in REFUND_TAKEN and refund.state == state and not refund.is_booked
    if refund.gateway_ref and refund.state == state and not settles and not unbooked:
        return
    refund.gateway_ref = refund.gateway_ref or seen.refund_ref
    if seen.settled is not None and seen.settled.currency != refund.currency:
        refund.settled_minor, refund.settled_currency = seen.settled.minor, seen.settled.currency
    moved = refund.state != state and refund.may_become(state)
    if moved:
        refund.state, refund.error = state, ""
        refund.failure = seen.failure if state is RefundState.FAILED else ""
        refund.finished_at = history.now() if state in FINISHED else None
    refund.save()
    if moved:
        _note(refund, source, refund.failure)
    if moved or unbooked:  # rows of the time when one that needs attention was not booked
        _follow(payment, refund)
    if refund.is_booked:
        book_refund_settled(payment, refund)


def _follow(payment: Payment, refund: Refund) -> None:
    """Books, sums and news after a step."""
    if refund.state == RefundState.FAILED:
        history.announce("payment.refund_over", payment, refund_id=str(refund.pk))
    if refund.is_taken and not refund.is_booked:
        book_refund(payment, refund)
        restate(payment)
        _announce("payment.refunded", payment, refund)
        publish(
            type="refund.taken",
            subject=f"payment:{payment.pk}",
            data={"refund_id": str(refund.pk), "payment_id": str(payment.pk)},
            dedupe_key=f"refund.taken:{refund.pk}",
        )
    elif refund.state == RefundState.FAILED and refund.is_booked:
        unbook_refund(payment, refund)
        restate(payment)
        _announce("payment.refund_failed", payment, refund)


def _announce(event_type: str, payment: Payment, refund: Refund) -> None:
    """To the floors above, who hear of what was paid for; giving back what was owed anyway
    changes nothing for them."""
    concerned = refund.amount - refund.owed_back
    if payment.is_paid and concerned:
        history.announce(
            event_type,
            payment,
            refund_id=str(refund.pk),
            refund_minor=concerned.minor,
            refunded_minor=payment.refunded_minor,
        )


NOTES = {
    RefundState.PENDING: "refunded",
    RefundState.SUCCEEDED: "refund_arrived",
    RefundState.FAILED: "refund_failed",
    RefundState.NEEDS_ATTENTION: "refund_needs_attention",
}


def _note(refund: Refund, source: str, why: str) -> None:
    history.note(
        refund.attempt,
        NOTES[RefundState(refund.state)],
        key=f"refund:{refund.pk}:{refund.state}",
        amount=refund.amount,
        source=source,
        details={"refund": refund.gateway_ref or "", "reason": why},
    )
