"""A step taken by mistake is taken back: a corrective step, recorded like any other.

Only the last step, only for a while, only by whoever may take steps, and only where nothing went
out that cannot be called back: goods that were freed, money that goes back, a payment that came in
(docs/decisions/0062). Buyers who were told hear that it was a mistake.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from commerce import locks
from commerce.enums import WAY, OrderStatus
from commerce.models import Order, OrderStatusChange
from commerce.services.orders.status import because
from core.audit import record_audit
from core.errors import Conflict
from core.events.publish import ring_after_commit

FOR_SO_LONG = timedelta(minutes=30)
MINUTES = int(FOR_SO_LONG.total_seconds() // 60)
BY_MONEY = "paid"


@transaction.atomic
def take_step_back(*, order_id: UUID, reason: str = "") -> Order:
    """Put an order back to where it stood before its last step.

    Raises NotFound, Conflict saying why the step stays.
    """
    order = locks.lock_order(order_id)
    last = order.status_changes.order_by("-id").first()
    why_not = why_it_stays(order, last)
    if why_not or last is None:
        raise Conflict(why_not, details={"status": order.status})
    values = {"status": last.previous, "updated_at": Now()}
    if order.status == OrderStatus.SHIPPED:
        values["shipped_at"] = None
    if order.status == OrderStatus.DELIVERED:
        values["delivered_at"] = None
    with because(f"taken back: {reason}".rstrip(": ")):
        Order.objects.filter(pk=order.pk).update(**values)
    record_audit(
        action="order.step_taken_back",
        resource=order,
        details={"number": order.number, "from": order.status, "reason": reason},
    )
    order.refresh_from_db()
    ring_after_commit("order.status_changed")
    return order


def why_it_stays(order: Order, last: OrderStatusChange | None) -> str:
    """Why the last step cannot be taken back; "" when it can."""
    if last is None or not last.previous:
        return f"{order.number} has taken no step yet."
    if last.status not in WAY or last.previous not in WAY:
        return "Goods were freed and money goes back: that is not undone by a button."
    if WAY.index(OrderStatus(last.status)) < WAY.index(OrderStatus(last.previous)):
        return "The last step was taken back already."
    if last.reason == BY_MONEY:
        return "The payment made that step."
    if last.status == OrderStatus.SHIPPED and order.reservations.filter(shipped__gt=0).exists():
        return "What was shipped has left the shelf: receive it as a return."
    if last.at < timezone.now() - FOR_SO_LONG:
        return f"It was taken more than {MINUTES} minutes ago."
    return ""
