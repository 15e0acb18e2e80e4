"""A payer disputes a payment: shown and announced; the books follow when the money moves."""

from uuid import UUID

from django.db import transaction

from payments.enums import PaymentStatus
from payments.gateways.interface import GatewayDispute
from payments.house import as_house
from payments.locks import lock_attempt
from payments.services import history


def observe(*, attempt_id: UUID, seen: GatewayDispute, source: str) -> None:
    """Mark the payment of a disputed charge, once per dispute."""
    with as_house("dispute"), transaction.atomic():
        payment, attempt = lock_attempt(attempt_id)
        is_new = history.note(
            attempt,
            "disputed",
            key=f"disputed:{seen.dispute_ref}",
            source=source,
            details={"dispute": seen.dispute_ref, "reason": seen.reason, "status": seen.said},
        )
        if not is_new or not payment.is_paid:
            return
        if payment.may_become(PaymentStatus.DISPUTED):
            payment.status = PaymentStatus.DISPUTED
            payment.save(update_fields=["status", "updated_at"])
        history.announce("payment.disputed", payment, dispute=seen.dispute_ref)
