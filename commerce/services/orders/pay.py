"""Sending a buyer to pay for an order: outside any transaction, and again as often as it takes."""

from uuid import UUID

from django.db import transaction

from commerce import locks
from commerce.enums import OrderStatus, PaymentStatus
from commerce.models import Order
from commerce.services.orders.purpose import PURPOSE
from commerce.services.orders.settlement import due_of
from commerce.services.stock import hold_again
from core.errors import Conflict, UpstreamUnavailable
from core.identity import acting_as_system
from payments.enums import OPEN_STATUSES, PAID_STATUSES
from payments.enums import PaymentStatus as GatewayStatus
from payments.gateways.interface import GatewayError
from payments.models import Payment
from payments.services.closing import close_payment
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
    close_page_of_old_sum(order.pk)
    with acting_as_system("checkout"):
        payment = _open_one(order)
        if payment.status in PAID_STATUSES or payment.status == GatewayStatus.HELD:
            return payment
        return submit_payment(payment_id=payment.pk)


def close_page_of_old_sum(order_id: UUID) -> Payment | None:
    """An order costs something else than its open page asks for: nobody shall pay there any more.
    Outside transactions. Returns the payment that was closed, None when there was none.

    Raises UpstreamUnavailable when the gateway does not answer.
    """
    with acting_as_system("close a page"), transaction.atomic():
        order = Order.objects.get(pk=order_id)
        due = due_of(order)
        owed = due.amount if due else order.total
        is_owed = due is not None or order.payment_status == PaymentStatus.UNPAID
        page = Payment.objects.filter(
            purpose=PURPOSE, purpose_id=order_id, status__in=OPEN_STATUSES
        ).first()
    if page is None or (is_owed and page.amount == owed):
        return None
    try:
        return close_payment(
            purpose=PURPOSE,
            purpose_id=order_id,
            reason="The order was changed: it costs another sum.",
        )
    except GatewayError as why:
        raise UpstreamUnavailable(f"{why.message} Try again in a moment.") from why


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
