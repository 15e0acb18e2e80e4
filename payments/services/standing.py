"""What a payment's status is, after all that went back and all that is disputed."""

from django.db.models import F, Sum

from payments.enums import OPEN_DISPUTES, DisputeState, PaymentStatus
from payments.models import Dispute, Payment, PaymentAttempt, Refund

COUNTED = [*OPEN_DISPUTES, DisputeState.LOST]


def restate(payment: Payment) -> None:
    """Work sums and status out from refunds and disputes; the caller holds the payment.

    Smaller sums take the status back (a refund that failed), a dispute that ended well does too.
    A payment that was never paid keeps its status.
    """
    _restate_attempts(payment)
    booked = Refund.objects.filter(payment=payment, is_booked=True)
    total = booked.aggregate(total=Sum(F("amount_minor") - F("owed_back_minor")))["total"]
    payment.refunded_minor = int(total or 0)
    if payment.is_paid:
        payment.status = _status(payment)
    payment.save(update_fields=["refunded_minor", "status", "updated_at"])


def _restate_attempts(payment: Payment) -> None:
    sums = dict(
        Refund.objects.filter(payment=payment, is_booked=True)
        .values_list("attempt_id")
        .annotate(total=Sum("amount_minor"))
        .order_by()
    )
    for attempt in PaymentAttempt.objects.filter(payment=payment):
        if attempt.refunded_minor != sums.get(attempt.pk, 0):
            attempt.refunded_minor = sums.get(attempt.pk, 0)
            attempt.save(update_fields=["refunded_minor", "updated_at"])


def _status(payment: Payment) -> PaymentStatus:
    if Dispute.objects.filter(payment=payment, state__in=COUNTED).exists():
        return PaymentStatus.DISPUTED
    if payment.refunded_minor == 0:
        return PaymentStatus.SUCCESS
    whole = payment.refunded_minor >= payment.captured_minor
    return PaymentStatus.REFUNDED if whole else PaymentStatus.PARTIALLY_REFUNDED
