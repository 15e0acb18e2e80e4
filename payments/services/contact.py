"""Where a payer is written to about a payment, when that was a mistake."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from payments.house import as_house
from payments.locks import lock_payment
from payments.models import Payment


def write_to(payment_ids: Iterable[UUID], *, email: str, language: str = "") -> int:
    """Thank-you, receipt and news of refunds go to this address from now on; what a gateway has
    been told stays as it was there. Returns how many payments changed."""
    changed = 0
    with as_house("correct a payer's address"), transaction.atomic():
        for payment_id in sorted(set(payment_ids)):
            if not Payment.objects.filter(pk=payment_id).exists():
                continue
            payment = lock_payment(payment_id)
            wanted = language or payment.language
            if (payment.email, payment.language) == (email, wanted):
                continue
            payment.email, payment.language = email, wanted
            payment.save(update_fields=["email", "language", "updated_at"])
            changed += 1
    return changed
