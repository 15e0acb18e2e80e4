"""The one place where a payment becomes paid, failed or held, whoever brings the news.

Webhook, returning payer, reconciler: all hand over what they saw at the gateway. What is booked,
announced and remembered commits together, once, whatever is repeated or comes late.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from core.events import publish
from payments.enums import AttemptState, PaymentStatus
from payments.gateways.interface import GatewayPayment, Seen
from payments.house import as_house
from payments.locks import lock_attempt
from payments.models import Payment, PaymentAttempt
from payments.services import history, refunds
from payments.services.books import booking
from payments.services.checks import objections

ATTEMPT_STATES: dict[Seen, AttemptState] = {
    Seen.OPEN: AttemptState.SUBMITTED,
    Seen.PROCESSING: AttemptState.PROCESSING,
    Seen.CAPTURED: AttemptState.CAPTURED,
    Seen.FAILED: AttemptState.FAILED,
    Seen.EXPIRED: AttemptState.EXPIRED,
}
LEARNT = ["gateway_ref", "gateway_payment_ref", "account", "livemode", "updated_at"]
CAPTURED = [
    "state", "outcome_unknown", "error", "captured_minor", "captured_currency", "overpaid",
]  # fmt: skip
MOVED = [
    "status", "status_reason", "authorization_url", "captured_minor", "livemode", "paid_at",
    "updated_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of it. `moved`: this call changed the payment's status."""

    payment: Payment
    attempt: PaymentAttempt
    moved: bool
    objections: tuple[str, ...] = ()


def settle(*, attempt_id: UUID, seen: GatewayPayment, source: str) -> Settlement:
    """Bring one attempt and its payment up to what the gateway shows; forward only.

    Amount, currency, reference, mode and account must be those we asked for; if not, the payment
    is held for a person to look at and nobody is told that it is paid. Raises
    PaymentAttempt.DoesNotExist.
    """
    with as_house("settle a payment"), transaction.atomic(savepoint=False):
        payment, attempt = lock_attempt(attempt_id)
        before = payment.status
        wrong = objections(attempt, payment, seen)
        if wrong:
            _hold(payment, attempt, seen, wrong, source)
        else:
            learnt = _remember_refs(attempt, seen)
            moved = _apply(payment, attempt, seen, source)
            if learnt and not moved:
                attempt.save(update_fields=LEARNT)
            booking.book_settled(payment, attempt, seen)
            booking.book_fee(payment, attempt, seen)
            refunds.compare(payment, attempt, seen)
        return Settlement(payment, attempt, payment.status != before, tuple(wrong))


def _apply(payment: Payment, attempt: PaymentAttempt, seen: GatewayPayment, source: str) -> bool:
    """Move the attempt and what follows from it; whether it moved (and was saved)."""
    if seen.declined:
        history.note(
            attempt,
            "declined",
            key=f"declined:{seen.declined_ref or seen.declined}",
            source=source,
            details={"reason": seen.declined},
        )
    state = ATTEMPT_STATES[seen.state]
    if not attempt.may_become(state):
        return False
    attempt.state = state
    attempt.outcome_unknown = False
    attempt.error = seen.declined if state is AttemptState.FAILED else ""
    if seen.state is Seen.CAPTURED:
        take_in(payment, attempt, seen, source=source)
        return True
    attempt.save(update_fields=[*LEARNT, "state", "outcome_unknown", "error"])
    if seen.state is Seen.PROCESSING:
        _move(payment, PaymentStatus.PROCESSING)
    elif seen.state is Seen.FAILED:
        _give_up(payment, attempt, PaymentStatus.FAILED, seen.declined or "not paid", source)
    elif seen.state is Seen.EXPIRED:
        _give_up(payment, attempt, PaymentStatus.CANCELLED, "The page has closed.", source)
    return True


def take_in(
    payment: Payment, attempt: PaymentAttempt, seen: GatewayPayment, *, source: str
) -> None:
    """The money is there: book it; the first capture of a payment pays it. The caller holds the
    payment."""
    history.note(attempt, "captured", amount=seen.amount, source=source)
    attempt.state = AttemptState.CAPTURED
    attempt.captured_minor, attempt.captured_currency = seen.amount.minor, seen.amount.currency
    # paid before through another attempt: the money is real, and owed back
    attempt.overpaid = not payment.may_become(PaymentStatus.SUCCESS)
    attempt.save(update_fields=[*LEARNT, *CAPTURED])
    if attempt.overpaid:
        booking.book_overpaid(payment, attempt, seen.amount)
        return
    booking.book_captured(payment, attempt, seen.amount)
    payment.captured_minor = seen.amount.minor
    payment.livemode = seen.livemode
    payment.paid_at = history.now()
    _move(payment, PaymentStatus.SUCCESS)
    history.announce("payment.succeeded", payment)


def _give_up(
    payment: Payment,
    attempt: PaymentAttempt,
    status: PaymentStatus,
    reason: str,
    source: str,
) -> None:
    history.note(attempt, attempt.state, source=source, details={"reason": reason})
    if payment.may_become(status):
        _move(payment, status, reason)
        history.announce("payment.failed", payment, attempt_id=str(attempt.pk), reason=reason)


def _hold(
    payment: Payment,
    attempt: PaymentAttempt,
    seen: GatewayPayment,
    wrong: list[str],
    source: str,
) -> None:
    reason = " ".join(wrong)
    is_decided = attempt.state == AttemptState.CAPTURED
    is_money = seen.state in (Seen.CAPTURED, Seen.PROCESSING) and not is_decided
    is_new = history.note(
        attempt,
        "held" if is_money else "mismatch",
        key=f"held:{seen.state}:{reason}",
        amount=seen.amount,
        source=source,
        details={
            "objections": wrong, "state": seen.state, "reference": seen.reference,
            "gateway_ref": seen.gateway_ref, "payment_ref": seen.payment_ref,
            "livemode": seen.livemode, "account": seen.account,
        },
    )  # fmt: skip
    if not is_money or not is_new:  # what a person has seen already is not held again
        return
    _move(payment, PaymentStatus.HELD, reason)
    publish(
        type="payment.held",
        subject=f"payment:{payment.pk}",
        data=history.shown(payment) | {"objections": wrong},
    )


def _remember_refs(attempt: PaymentAttempt, seen: GatewayPayment) -> bool:
    """Names of it at the gateway that we did not know yet; whether there were any."""
    before = _names_of(attempt)
    attempt.gateway_ref = attempt.gateway_ref or seen.gateway_ref or None
    attempt.gateway_payment_ref = attempt.gateway_payment_ref or seen.payment_ref or None
    attempt.account = attempt.account or seen.account
    if attempt.livemode is None:
        attempt.livemode = seen.livemode
    return before != _names_of(attempt)


def _names_of(attempt: PaymentAttempt) -> tuple[Any, ...]:
    return (attempt.gateway_ref, attempt.gateway_payment_ref, attempt.account, attempt.livemode)


def _move(payment: Payment, status: PaymentStatus, reason: str = "") -> None:
    if payment.may_become(status):
        payment.status = status
        payment.status_reason = reason
        if status not in (PaymentStatus.PENDING, PaymentStatus.PROCESSING):
            payment.authorization_url = ""
        payment.save(update_fields=MOVED)
