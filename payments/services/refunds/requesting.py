"""Asking for a refund and deciding on it: ours alone, the gateway does not know yet."""

from typing import Any
from uuid import UUID

from django.db import transaction

from core.audit import record_audit
from core.errors import Conflict, Invalid, PermissionRefused
from core.events import publish
from core.money import Money
from payments.enums import RefundOrigin, RefundState
from payments.house import as_house
from payments.locks import lock_payment, lock_refund
from payments.models import Payment, Refund
from payments.services import history
from payments.services.refunds import room
from payments.services.refunds.limits import needs_two_people


@transaction.atomic
def request_refund(
    *,
    payment_id: UUID,
    amount: Money,
    reason: str,
    requested_by: UUID | None,
    key: str = "",
    origin: str = RefundOrigin.STAFF,
    alone: bool = True,
) -> Refund:
    """Ask for a refund of a payment; small ones are approved by asking.

    The same `key` is the same refund, however often it is asked for. `requested_by` None is the
    house. Above REFUND_TWO_PEOPLE_ABOVE somebody else must approve, and many small ones of a
    payment are a large one. Not `alone`: whoever asks has no right to refunds, and somebody else
    approves whatever the amount. Raises Conflict when more is asked for than is left, or when
    `key` was another refund's.
    """
    with as_house("ask for a refund"):
        payment = lock_payment(payment_id)
        known = Refund.objects.filter(idempotency_key=key).first() if key else None
        if known is not None:
            return _same(known, payment, amount)
        refund = _row(payment, amount, requested_by, key)
        refund.two_people = refund.two_people or not alone
        refund.reason, refund.origin = reason, RefundOrigin(origin)
        if not refund.two_people:
            _approve(refund, by=requested_by)
        refund.save(force_insert=True)
        history.note(
            refund.attempt,
            "refund_requested",
            key=f"refund_requested:{refund.pk}",
            amount=amount,
            source=str(refund.origin),
            details={"reason": reason, "two_people": refund.two_people},
        )
        _send_off(refund)
    _audit("refund.request", refund, reason=reason)
    return refund


@transaction.atomic
def approve_refund(*, refund_id: UUID, approved_by: UUID | None) -> Refund:
    """Let a requested refund go. Raises Conflict when it is decided already, PermissionRefused
    when whoever asked for a large one approves it themselves."""
    with as_house("approve a refund"):
        _, refund = lock_refund(refund_id)
        if not refund.may_become(RefundState.APPROVED):
            raise Conflict(f"This refund is {refund.get_state_display().lower()} already.")
        if refund.two_people and approved_by is None:
            raise PermissionRefused("A person must approve this refund.")
        if refund.two_people and approved_by == refund.requested_by:
            raise PermissionRefused("Somebody other than who asked must approve this refund.")
        _approve(refund, by=approved_by)
        refund.save()
        _send_off(refund)
    _audit("refund.approve", refund)
    return refund


@transaction.atomic
def reject_refund(*, refund_id: UUID, rejected_by: UUID | None, why: str) -> Refund:
    """Do not give it back; only what was not handed over yet. Raises Conflict."""
    with as_house("reject a refund"):
        _, refund = lock_refund(refund_id)
        if not refund.may_become(RefundState.REJECTED):
            raise Conflict(f"This refund is {refund.get_state_display().lower()} already.")
        turn_down(refund, why or "Rejected.")
    _audit("refund.reject", refund, reason=why, rejected_by=str(rejected_by or "the house"))
    return refund


def turn_down(refund: Refund, why: str) -> None:
    """Reject it in the caller's transaction, which holds the payment."""
    refund.state, refund.failure, refund.finished_at = RefundState.REJECTED, why, history.now()
    refund.save()
    history.note(
        refund.attempt,
        "refund_rejected",
        key=f"refund_rejected:{refund.pk}",
        amount=refund.amount,
        source="staff",
        details={"reason": why},
    )
    history.announce("payment.refund_over", refund.payment, refund_id=str(refund.pk))


def _row(payment: Payment, amount: Money, requested_by: UUID | None, key: str) -> Refund:
    """The row to be, through a try with enough left. Raises Invalid, Conflict."""
    if amount.minor <= 0:
        raise Invalid("A refund is more than nothing.", details={"amount": ["More than 0."]})
    attempt = room.attempt_with_room(payment, amount)
    if attempt is None:
        left = room.refundable(payment)
        raise Conflict(
            f"Of {payment.reference} {left} can be given back, not {amount}.",
            details={"refundable": left.as_json()},
        )
    refund = Refund(
        payment=payment,
        attempt=attempt,
        gateway=attempt.gateway,
        amount_minor=amount.minor,
        currency=amount.currency,
        requested_by=requested_by,
        two_people=needs_two_people(amount + room.let_go_alone(payment, amount.currency)),
    )
    refund.idempotency_key = key or f"refund:{refund.pk}"
    return refund


def _same(known: Refund, payment: Payment, amount: Money) -> Refund:
    if known.payment_id != payment.pk or known.amount != amount:
        raise Conflict("This key was used for another refund.")
    return known


def _approve(refund: Refund, *, by: UUID | None) -> None:
    refund.state, refund.approved_by, refund.approved_at = RefundState.APPROVED, by, history.now()


def _send_off(refund: Refund) -> None:
    """An approved refund is handed over by a worker, outside this transaction."""
    if refund.state == RefundState.APPROVED:
        publish(
            type="refund.approved",
            subject=f"payment:{refund.payment_id}",
            data={"refund_id": str(refund.pk), "payment_id": str(refund.payment_id)},
            dedupe_key=f"refund.approved:{refund.pk}",
        )


def _audit(action: str, refund: Refund, **details: Any) -> None:
    """Under the caller's own name."""
    record_audit(
        action=action,
        resource=refund,
        details={"amount": str(refund.amount), "origin": str(refund.origin), **details},
    )
