"""Money came in for an order, or went back."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from commerce import locks
from commerce.enums import OrderStatus, PaymentStatus
from commerce.models import Order
from commerce.services.orders.give_back import give_back
from commerce.services.orders.paying import PAYMENT_STATUS, ids_of, together
from commerce.services.orders.settlement import has_cost, pay_settlement, settle_overtaken
from commerce.services.orders.shortages import note_shortage
from commerce.services.orders.status import because
from commerce.services.stock import allocate_stock
from core.errors import Conflict
from core.events import publish
from core.events.publish import ring_after_commit
from core.money import Money
from payments.enums import RefundOrigin

DISPUTED = "The payment is disputed: answer the gateway in time."
GONE_BACK = (PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED)


@transaction.atomic
def record_payment(
    *, order_id: UUID, payment_id: UUID | None, amount: Money, is_accepted: bool = False
) -> Order:
    """Mark the order paid, take its stock from the shelf and announce `order.paid`, once.

    What does not add up is not booked over: a wrong amount (unless a person has accepted it), a
    second payment and money for a cancelled order leave a note for a person (`attention`); the
    last is given back by itself. Raises NotFound.
    """
    order = locks.lock_order(order_id)
    if order.payment_status != PaymentStatus.UNPAID:
        if payment_id is None or payment_id in ids_of(order):
            return order
        if not pay_settlement(order, payment_id=payment_id, amount=amount):
            _ask_for_attention(order, f"Paid a second time (payment {payment_id}): refund one.")
        return order
    overtaken = amount != order.total and not is_accepted
    if overtaken and not has_cost(order, amount):
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
    if not overtaken and amount != order.total:
        _ask_for_attention(order, f"{amount} was accepted, {order.total} was owed.")
    if order.status == OrderStatus.CANCELLED:
        _ask_for_attention(order, "Paid after it was cancelled: a refund is due.")
        give_back(order, origin=RefundOrigin.LATE, requested_by=None)
    else:
        if overtaken:
            settle_overtaken(order, amount)
        waiting = allocate_stock(order_id=order.pk)
        if waiting:
            note_shortage(order, waiting)
    _announce(order)
    return order


@transaction.atomic
def record_money_going_back(*, order_id: UUID, payment_id: UUID, status: str) -> Order:
    """Show on the order what became of its payment: refunded in part or whole, disputed, or paid
    again (a refund failed, a dispute was won).

    Only payments that paid for the order count (and together): one too many that is given back
    changes nothing.
    Raises NotFound, Conflict for news that overtook the payment itself, KeyError for a status that
    is no such news.
    """
    seen = PAYMENT_STATUS[status]
    order = locks.lock_order(order_id)
    if order.payment_status == PaymentStatus.UNPAID:
        raise Conflict(f"The payment of {order.number} is not recorded yet.")
    if payment_id not in ids_of(order):
        return order
    seen = together(order, payment_id, seen)
    was, order.payment_status = order.payment_status, seen
    if was == PaymentStatus.DISPUTED and seen != was:
        order.attention = "\n".join(
            line for line in order.attention.splitlines() if line != DISPUTED
        )
    if was in GONE_BACK and seen not in GONE_BACK and seen != PaymentStatus.DISPUTED:
        _ask_for_attention(order, "A refund failed: the buyer does not have the money.")
    if seen == PaymentStatus.REFUNDED:
        order.attention = ""  # whatever was due has been given back
    if seen == PaymentStatus.DISPUTED:
        _ask_for_attention(order, DISPUTED)
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
