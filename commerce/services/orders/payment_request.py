"""Staff send a buyer the page to pay on: orders taken on the phone, and those nobody paid."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from commerce import locks
from commerce.enums import OrderStatus, PaymentStatus
from commerce.models import Order, OrderSettlement
from commerce.services.orders.pay import send_to_pay
from commerce.services.orders.payer_words import paid_for
from commerce.services.orders.purpose import PURPOSE
from commerce.services.orders.settlement import due_of
from core.audit import record_audit
from core.errors import Conflict
from core.identity import acting_as_system
from core.money import Money
from notifications.services.notify import notify
from payments.enums import OPEN_STATUSES
from payments.gateways.registry import must_be_configured
from payments.models import Payment
from payments.services.start import open_payment, submit_payment

OVER = (OrderStatus.CANCELLED, OrderStatus.REFUNDED)


def ask_for_payment(*, order_id: UUID, gateway: str) -> Payment:
    """Mail the buyer the page of their order's payment; outside any transaction.

    An order that has no payment yet gets one at `gateway`; so does what a paid order costs more
    since it was changed. Asked again within the hour the same page is answered and no second mail
    goes out. Raises NotFound, Invalid for a gateway that is not set up, Conflict for an order that
    is paid, over, free or without an address, UpstreamUnavailable when the gateway does not answer.
    """
    order, due = _payable(order_id, gateway)
    payment = send_to_pay(order) if due is None else _page_of(due)
    if payment is None or not payment.authorization_url:
        raise Conflict(f"{order.number} has no page to pay on: look at its payment.")
    _tell(order, payment)
    return payment


def _page_of(due: UUID) -> Payment:
    with acting_as_system("ask for payment"):
        return submit_payment(payment_id=due)


@transaction.atomic
def _payable(order_id: UUID, gateway: str) -> tuple[Order, UUID | None]:
    """The order, and the payment of its difference if that is what is to be paid."""
    order = locks.lock_order(order_id)
    with acting_as_system("ask for payment"):
        due = due_of(order)
    if due is None and order.payment_status != PaymentStatus.UNPAID:
        raise Conflict(f"{order.number} is {order.get_payment_status_display().lower()}.")
    if order.status in OVER or not order.total:
        raise Conflict(f"Nothing is to be paid for {order.number}.")
    if not order.email:
        raise Conflict(f"{order.number} has no e-mail address: write one down first.")
    if due is not None:
        return order, _payment_of(order, due, gateway)
    if order.payment_id is None:
        order.payment_id = _open(order, order.total, gateway, paid_for(order))
        order.save(update_fields=["payment_id", "updated_at"])
    return order, None


def _payment_of(order: Order, due: OrderSettlement, gateway: str) -> UUID:
    """The payment of the difference, a new one where there is none that can be paid."""
    with acting_as_system("ask for payment"):
        pages = Payment.objects.filter(status__in=OPEN_STATUSES)
        known = pages.filter(pk=due.payment_id).first() if due.payment_id else None
        if known is not None and not known.closing_reason:
            return known.pk
        due.payment_id = _open(order, due.amount, gateway, paid_for(order, changed=True))
        due.save(update_fields=["payment_id", "updated_at"])
        return due.payment_id


def _open(order: Order, amount: Money, gateway: str, description: str) -> UUID:
    must_be_configured(gateway)
    payment = open_payment(
        purpose=PURPOSE,
        purpose_id=order.pk,
        email=order.email,
        amount=amount,
        gateway=gateway,
        description=description,
        customer_id=order.customer_id,
        user_id=order.user_id,
        language=order.language,
    )
    return payment.pk


@transaction.atomic
def _tell(order: Order, payment: Payment) -> None:
    with acting_as_system("ask for payment"):
        lines = [
            {
                "name": line.name,
                "quantity": line.quantity,
                "total": Money(line.total_minor, line.currency).as_json(),
            }
            for line in order.lines.order_by("position")
        ]
        notify(
            kind="order_payment_request",
            dedupe_key=f"order_payment_request:{payment.pk}:{timezone.now():%Y%m%d%H}",
            email=order.email,
            user_id=order.user_id,
            language=order.language,
            context={
                "number": order.number,
                "name": str(order.shipping_address.get("name", "")),
                "amount": payment.amount.as_json(),
                "total": order.total.as_json(),
                "lines": lines,
                "url": payment.authorization_url,
            },
        )
    record_audit(action="order.payment_asked", resource=order, details={"number": order.number})
