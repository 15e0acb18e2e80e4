"""An order's steps: one conditional UPDATE, refused with the steps that are allowed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from commerce.enums import OrderStatus, PaymentStatus, leading_to, may_follow
from commerce.models import Order
from commerce.services.stock import release_stock, ship_stock
from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound
from core.events.publish import ring_after_commit
from core.identity import acting_as_system

LEFT_THE_SHELF = (OrderStatus.SHIPPED, OrderStatus.OUT_FOR_DELIVERY, OrderStatus.DELIVERED)
REFUND_DUE = "Cancelled after it was paid: a refund is due."


@transaction.atomic
def change_status(
    *, order_id: UUID, to: str, reason: str = "", tracking_number: str = "", carrier: str = ""
) -> Order:
    """Move an order one step, as whoever is acting; the database writes event and history.

    Cancelling gives its stock back, shipping takes it off the shelf. Raises OutOfStock for what
    is not there to be shipped, NotFound for an order the caller cannot see, Invalid
    for a status nobody knows, Conflict naming the allowed steps (a second call included).
    """
    target = _known(to)
    values: dict[str, Any] = {"status": target, "updated_at": Now()}
    if target == OrderStatus.SHIPPED:
        values["shipped_at"] = Now()
    if target == OrderStatus.DELIVERED:
        values["delivered_at"] = Now()
    values |= {
        name: value
        for name, value in {"tracking_number": tracking_number, "carrier": carrier}.items()
        if value
    }
    with because(reason):
        moved = Order.objects.filter(pk=order_id, status__in=leading_to(target)).update(**values)
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise NotFound("There is no such order.")
    if not moved:
        raise _refusal(order, target)
    if target == OrderStatus.CANCELLED:
        _undo(order)
    if target in LEFT_THE_SHELF:
        with acting_as_system("order shipped"):
            ship_stock(order_id=order.pk)
    record_audit(
        action=f"order.{target}", resource=order, details={"number": order.number, "reason": reason}
    )
    ring_after_commit("order.status_changed")
    return order


@contextmanager
def because(reason: str) -> Iterator[None]:
    """Give the database a person's reason for the steps taken inside the block."""
    _set_reason(reason)
    yield
    _set_reason("")


def _set_reason(reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.status_reason', %s, true)", [reason])


def _known(to: str) -> OrderStatus:
    try:
        return OrderStatus(to)
    except ValueError:
        known = ", ".join(OrderStatus.values)
        raise Invalid("There is no such status.", details={"to": [f"One of: {known}."]}) from None


def _refusal(order: Order, target: OrderStatus) -> Conflict:
    allowed = [step.value for step in may_follow(order.status)]
    advice = f"It may become: {', '.join(allowed)}." if allowed else "Nothing follows."
    return Conflict(
        f"{order.number} is {order.status} and cannot become {target}. {advice}",
        details={"status": order.status, "allowed": allowed},
    )


def _undo(order: Order) -> None:
    """Stock back; and somebody must return the money, if there was any."""
    with acting_as_system("order cancelled"):
        release_stock(order_id=order.pk)
    if order.payment_status == PaymentStatus.PAID:
        order.attention = REFUND_DUE
        Order.objects.filter(pk=order.pk).update(attention=REFUND_DUE)
