"""Every row lock of this floor. One order everywhere: order, then payment, then attempt, then
its refunds."""

from uuid import UUID

from payments.models import Payment, PaymentAttempt, Refund


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


def lock_refund(refund_id: UUID) -> tuple[Payment, Refund]:
    """The refund and its payment, the payment first. Raises Refund.DoesNotExist."""
    rows = Refund.objects.select_related("payment", "attempt")
    refund = rows.select_for_update(of=("payment", "attempt", "self")).get(pk=refund_id)
    refund.attempt.payment = refund.payment
    return refund.payment, refund
