"""A payer disputes a payment: shown and announced; the books follow when the money moves."""

from typing import Any
from uuid import UUID

from django.db import transaction

from payments.enums import PaymentStatus
from payments.house import as_house
from payments.locks import lock_attempt
from payments.services import history

LONGEST_WORD = 200  # characters


def mark_disputed(*, attempt_id: UUID, raw: dict[str, Any]) -> None:
    """Mark the payment of a disputed charge, once per dispute."""
    with as_house("dispute"), transaction.atomic():
        payment, attempt = lock_attempt(attempt_id)
        reference = _word(raw, "id")
        details = {
            "dispute": reference,
            "reason": _word(raw, "reason"),
            "status": _word(raw, "status"),
        }
        is_new = history.note(
            attempt, "disputed", key=f"disputed:{reference}", source="webhook", details=details
        )
        if not is_new or not payment.is_paid:
            return
        if payment.may_become(PaymentStatus.DISPUTED):
            payment.status = PaymentStatus.DISPUTED
            payment.save(update_fields=["status", "updated_at"])
        history.announce("payment.disputed", payment, dispute=reference)


def _word(raw: dict[str, Any], name: str) -> str:
    """One of the gateway's words, as far as it can be kept."""
    return str(raw.get(name) or "").replace("\x00", "")[:LONGEST_WORD]
