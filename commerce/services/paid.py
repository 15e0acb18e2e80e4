"""Money came in for an order, or went back."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from commerce import locks
from commerce.enums import OrderStatus, PaymentStatus
from commerce.models import Order
from commerce.services.status import because
from commerce.services.stock import commit_stock
from core.errors import Conflict
from core.events import publish
from core.events.publish import ring_after_commit
from core.money import Money


@transaction.atomic
def record_payment(*, order_id: UUID, payment_id: UUID | None, amount: Money) -> Order:
    """Mark the order paid, take its stock from the shelf and announce `order.paid`, once.

    What does not add up is not booked over: a wrong amount, a second payment and money for a
    cancelled order leave a note for a person (`attention`). Raises NotFound.
    """
    order = locks.lock_order(order_id)
    if order.payment_status != PaymentStatus.UNPAID:
        if payment_id != order.payment_id:
            _ask_for_attention(order, f"Paid a second time (payment {payment_id}): refund one.")
        return order
    if amount != order.total:
        _ask_for_attention(order, f"{amount} was paid, {order.total} is owed.")
        return order
    order.payment_status = PaymentStatus.PAID
    order.payment_id = payment_id
    order.paid_at = timezone.now()
    if order.status == OrderStatus.PENDING:
        order.status = OrderStatus.CONFIRMED
    with because("paid"):
        order.save(
            update_fields=["payment_status", "payment_id", "paid_at", "status", "updated_at"]
        )
    if order.status == OrderStatus.CANCELLED:
        _ask_for_attention(order, "Paid after it was cancelled: a refund is due.")
    else:
        commit_stock(order_id=order.pk)
    _announce(order)
    return order


@transaction.atomic
def record_money_going_back(*, order_id: UUID, payment_id: UUID, status: str) -> Order:
    """Show on the order what became of its payment: refunded in part or whole, or disputed.

    Only the payment that paid the order counts: a second one that is given back changes nothing.
    Raises NotFound, Conflict for news that overtook the payment itself, ValueError for a status
    that is no such news.
    """
    seen = PaymentStatus(status)
    order = locks.lock_order(order_id)
    if order.payment_status == PaymentStatus.UNPAID:
        raise Conflict(f"The payment of {order.number} is not recorded yet.")
    if order.payment_id != payment_id:
        return order
    order.payment_status = seen
    if seen == PaymentStatus.REFUNDED:
        order.attention = ""  # whatever was due has been given back
    if seen == PaymentStatus.DISPUTED:
        _ask_for_attention(order, "The payment is disputed: answer the gateway in time.")
    order.save(update_fields=["payment_status", "attention", "updated_at"])
    return order


def _announce(order: Order) -> None:
    publish(
        type="order.paid",
        subject=f"order:{order.pk}",
        dedupe_key=f"order.paid:{order.pk}",
        data={
            "order_id": str(order.pk),
            "number": order.number,
            "payment_id": str(order.payment_id) if order.payment_id else None,
            "total_minor": order.total_minor,
            "currency": order.currency,
            "country": order.country,
            "status": order.status,
            "customer_id": str(order.customer_id) if order.customer_id else None,
            "user_id": str(order.user_id) if order.user_id else None,
        },
    )
    ring_after_commit("order.status_changed")


def _ask_for_attention(order: Order, why: str) -> None:
    order.attention = "\n".join(filter(None, [order.attention, why]))
    order.save(update_fields=["attention", "updated_at"])
