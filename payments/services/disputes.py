"""A payer disputes a payment: shown and announced; the books follow when the money moves."""

from typing import Any
from uuid import UUID

from django.db import transaction

from payments.enums import PaymentStatus
from payments.house import as_house
from payments.locks import lock_attempt
from payments.services import history


def mark_disputed(*, attempt_id: UUID, raw: dict[str, Any]) -> None:
    """Mark the payment of a disputed charge, once per dispute."""
    with as_house("dispute"), transaction.atomic():
        payment, attempt = lock_attempt(attempt_id)
        reference = str(raw.get("id") or "")
        details = {"dispute": reference, "reason": raw.get("reason"), "status": raw.get("status")}
        is_new = history.note(
            attempt, "disputed", key=f"disputed:{reference}", source="webhook", details=details
        )
        if not is_new or not payment.is_paid:
            return
        if payment.may_become(PaymentStatus.DISPUTED):
            payment.status = PaymentStatus.DISPUTED
            payment.save(update_fields=["status", "updated_at"])
        history.announce("payment.disputed", payment, dispute=reference)
