"""Every row lock of this floor. One order everywhere: order, then payment, then attempt."""

from uuid import UUID

from payments.models import Payment, PaymentAttempt


def lock_payment(payment_id: UUID) -> Payment:
    """The payment, held until the transaction ends. Raises Payment.DoesNotExist."""
    return Payment.objects.select_for_update().get(pk=payment_id)


def lock_attempt(attempt_id: UUID) -> tuple[Payment, PaymentAttempt]:
    """The attempt and its payment, the payment first. Raises Payment.DoesNotExist."""
    payment = Payment.objects.select_for_update(of=("self",)).get(attempts=attempt_id)
    attempt = PaymentAttempt.objects.select_for_update().get(pk=attempt_id)
    return payment, attempt
