"""Every row lock of this floor. One order everywhere: order, then payment, then attempt, then
its refunds; then sale, referral, payee, payout."""

from uuid import UUID

from core.errors import NotFound
from payments.models import Payee, Payment, PaymentAttempt, Payout, Refund


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


def lock_payee(payee_id: UUID) -> Payee:
    """Whom we owe, held while a payout is drafted or sent; new dues may be written meanwhile.

    Raises NotFound.
    """
    payee = Payee.objects.select_for_update(no_key=True).filter(pk=payee_id).first()
    if payee is None:
        raise NotFound("We owe them nothing yet.")
    return payee


def lock_payout(payout_id: UUID) -> Payout:
    """The payout and its payee, the payee first. Raises NotFound."""
    payout = Payout.objects.filter(pk=payout_id).first()
    if payout is None:
        raise NotFound("There is no such payout.")
    payee = lock_payee(payout.payee_id)
    payout = Payout.objects.select_for_update(of=("self",)).get(pk=payout_id)
    payout.payee = payee
    return payout
