"""Sending a buyer to pay for an order: outside any transaction, and again as often as it takes."""

from django.db import transaction

from commerce import locks
from commerce.enums import OrderStatus, PaymentStatus
from commerce.models import Order
from commerce.services.orders.checkout import PURPOSE
from commerce.services.stock import hold_again
from core.errors import Conflict
from core.identity import acting_as_system
from payments.enums import PAID_STATUSES
from payments.enums import PaymentStatus as GatewayStatus
from payments.models import Payment
from payments.services.start import open_payment, submit_payment

OVER = (GatewayStatus.FAILED, GatewayStatus.CANCELLED)


def send_to_pay(order: Order) -> Payment | None:
    """The order's payment with the page where it is paid; None for an order that costs nothing.

    A payment that failed or was cancelled is opened anew; goods that were held no more are held
    again. Raises Conflict for an order that was cancelled or whose goods are gone,
    UpstreamUnavailable when the gateway does not answer: order and payment stay, and this may be
    called again.
    """
    if order.payment_id is None:
        return None
    with acting_as_system("checkout"):
        payment = _open_one(order)
        if payment.status in PAID_STATUSES or payment.status == GatewayStatus.HELD:
            return payment
        return submit_payment(payment_id=payment.pk)


@transaction.atomic
def _open_one(order: Order) -> Payment:
    """The payment that can still be paid, one at a time an order. Raises Conflict."""
    locked = locks.lock_order(order.pk)
    assert locked.payment_id is not None  # noqa: S101  - send_to_pay asked
    payment = Payment.objects.get(pk=locked.payment_id)
    unpaid = locked.payment_status == PaymentStatus.UNPAID
    if unpaid and locked.status == OrderStatus.CANCELLED:
        raise Conflict(f"{locked.number} was cancelled and cannot be paid any more.")
    if unpaid:
        hold_again(order_id=locked.pk)
    if not unpaid or payment.status not in OVER:
        return payment
    again = open_payment(
        purpose=PURPOSE,
        purpose_id=locked.pk,
        email=locked.email,
        amount=locked.total,
        gateway=payment.gateway,
        description=payment.description,
        customer_id=locked.customer_id,
        user_id=locked.user_id,
        success_url=payment.success_url,
        cancel_url=payment.cancel_url,
        language=payment.language,
    )
    Order.objects.filter(pk=locked.pk).update(payment_id=again.pk)
    return again
