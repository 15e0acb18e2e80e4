"""Refunds as the gateway shows them: made there or by us, counted once."""

from uuid import UUID

from core.money import Money
from payments.enums import AttemptState, PaymentStatus
from payments.gateways.interface import GatewayPayment, GatewayRefund
from payments.models import Payment, PaymentAttempt, Refund
from payments.services import booking, history


def apply(payment: Payment, attempt: PaymentAttempt, seen: GatewayPayment, source: str) -> None:
    """Book what went back since we last looked. The gateway tells the sum, which only grows."""
    if seen.refunded is None or attempt.state != AttemptState.CAPTURED:
        return
    altogether = seen.refunded
    fresh = altogether - attempt.refunded
    if fresh.minor <= 0:
        return
    history.note(
        attempt, "refunded", key=f"refunded:{altogether.minor}", amount=fresh, source=source
    )
    booking.book_refunded(payment, attempt, fresh, altogether=altogether)
    attempt.refunded_minor = altogether.minor
    attempt.save(update_fields=["refunded_minor", "updated_at"])
    if not attempt.overpaid:
        _show(payment, altogether)


def request_refund(
    *,
    payment_id: UUID,
    amount: Money,
    reason: str,
    requested_by: UUID | None,
    key: str = "",
    origin: str = "staff",
) -> Refund:
    """Ask for a refund. Raises Conflict when more is asked for than is left."""
    raise NotImplementedError


def approve_refund(*, refund_id: UUID, approved_by: UUID | None) -> Refund:
    """Let a refund go. Raises Conflict."""
    raise NotImplementedError


def reject_refund(*, refund_id: UUID, rejected_by: UUID | None, why: str) -> Refund:
    """Do not give it back. Raises Conflict."""
    raise NotImplementedError


def execute_refund(*, refund_id: UUID) -> Refund:
    """Hand it to the gateway, outside transactions."""
    raise NotImplementedError


def observe(*, attempt_id: UUID, seen: GatewayRefund, source: str) -> None:
    """Bring one refund up to what the gateway shows. The sum on the payment books it so far."""


def _show(payment: Payment, altogether: Money) -> None:
    payment.refunded_minor = altogether.minor
    whole = altogether.minor == payment.captured_minor
    status = PaymentStatus.REFUNDED if whole else PaymentStatus.PARTIALLY_REFUNDED
    if payment.may_become(status):
        payment.status = status
    payment.save()
    history.announce("payment.refunded", payment, refunded_minor=altogether.minor)
