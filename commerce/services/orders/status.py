"""An order's steps, refused with the steps that are allowed. Its parts go along, by trigger."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from commerce import locks
from commerce.enums import OrderStatus, PaymentStatus, leading_to, may_follow
from commerce.models import Order, OrderPart
from commerce.services.stock import release_stock, ship_stock
from core.audit import record_audit
from core.errors import Conflict, Invalid
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
    is not there to be shipped, NotFound for an order the caller cannot see, Invalid for a status
    nobody knows, Conflict naming the allowed steps (a second call included), also when it is to
    be cancelled and a part of it is in the post already.
    """
    target = known_status(to)
    order = locks.lock_order(order_id)
    if target == OrderStatus.CANCELLED:
        _refuse_if_a_part_is_gone(order)
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
    order.refresh_from_db()
    if not moved:
        raise refusal(order.number, order.status, target)
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


def steps_of(order: Order) -> list[OrderStatus]:
    """What may follow for this order now: it is not cancelled as a whole once a part is gone."""
    following = may_follow(order.status)
    if OrderStatus.CANCELLED in following and _gone(order):
        following.remove(OrderStatus.CANCELLED)
    return following


def known_status(to: str) -> OrderStatus:
    """The status somebody named. Raises Invalid with all there are."""
    try:
        return OrderStatus(to)
    except ValueError:
        known = ", ".join(OrderStatus.values)
        raise Invalid("There is no such status.", details={"to": [f"One of: {known}."]}) from None


def refusal(number: str, status: str, target: OrderStatus) -> Conflict:
    """A step that is not allowed, with those that are."""
    allowed = [step.value for step in may_follow(status)]
    advice = f"It may become: {', '.join(allowed)}." if allowed else "Nothing follows."
    return Conflict(
        f"{number} is {status} and cannot become {target}. {advice}",
        details={"status": status, "allowed": allowed},
    )


def _gone(order: Order) -> list[str]:
    """The numbers of its parts that are in the post or arrived."""
    parts = OrderPart.objects.filter(order_id=order.pk, status__in=LEFT_THE_SHELF)
    return list(parts.order_by("position").values_list("number", flat=True))


def _refuse_if_a_part_is_gone(order: Order) -> None:
    gone = _gone(order) if OrderStatus.CANCELLED in may_follow(order.status) else []
    if gone:
        allowed = [step.value for step in steps_of(order)]
        raise Conflict(
            f"{', '.join(gone)} went out already: cancel the parts that did not. "
            f"{order.number} may become: {', '.join(allowed)}.",
            details={"status": order.status, "allowed": allowed, "gone": gone},
        )


def _undo(order: Order) -> None:
    """Stock back; and somebody must return the money, if there was any."""
    with acting_as_system("order cancelled"):
        release_stock(order_id=order.pk)
    if order.payment_status == PaymentStatus.PAID:
        order.attention = REFUND_DUE
        Order.objects.filter(pk=order.pk).update(attention=REFUND_DUE)
