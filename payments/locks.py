"""Every row lock of this floor. One order everywhere: order, then payment, then attempt."""

from uuid import UUID

from payments.models import Payment, PaymentAttempt


def lock_payment(payment_id: UUID) -> Payment:
    """The payment, held until the transaction ends. Raises Payment.DoesNotExist."""
    return Payment.objects.select_for_update().get(pk=payment_id)


def lock_attempt(attempt_id: UUID) -> tuple[Payment, PaymentAttempt]:
    """The attempt and its payment, the payment first. Raises PaymentAttempt.DoesNotExist.

    PostgreSQL locks in the order of the OF clause; one statement is half the price of two.
    """
    rows = PaymentAttempt.objects.select_related("payment")
    attempt = rows.select_for_update(of=("payment", "self")).get(pk=attempt_id)
    return attempt.payment, attempt
