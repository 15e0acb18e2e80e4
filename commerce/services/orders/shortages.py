"""Paid, but not in stock: told, waited for, served from elsewhere, or given back.

It happens when money comes after the hold ran out and others have bought the pieces. The missing
ones stand as reservations that wait; the order's `attention` says so until they are there.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from commerce import locks
from commerce.enums import MovementKind, OrderStatus, ReservationState
from commerce.models import Order, Reservation
from commerce.services.orders.status import change_status
from commerce.services.stock import sell_anew
from commerce.services.stock.movements import Change, move
from core.audit import record_audit
from core.errors import Conflict, NotFound
from core.events import publish
from core.identity import acting_as_system

logger = structlog.get_logger(__name__)

NOT_IN_STOCK = "Paid, but not in stock: "
WAITING = ReservationState.WAITING


def note_shortage(order: Order, waiting: Sequence[Reservation]) -> None:
    """Flag a paid order whose pieces are not there, and tell; the caller holds the order."""
    hours = settings.STOCK_REFUND_AFTER_HOURS
    until = timezone.now() + timedelta(hours=hours) if hours else None
    Reservation.objects.filter(pk__in=[r.pk for r in waiting]).update(expires_at=until)
    flag_waiting(order, waiting)
    publish(
        type="order.out_of_stock",
        subject=f"order:{order.pk}",
        dedupe_key=f"order.out_of_stock:{order.pk}",
        data={
            "order_id": str(order.pk),
            "number": order.number,
            "missing": [{"sku": r.item.variant.sku, "quantity": r.quantity} for r in waiting],
            "refund_at": until.isoformat() if until else None,
        },
    )


@transaction.atomic
def wait_for_goods(*, order_id: UUID, reason: str = "") -> Order:
    """A person decided to wait: nothing is refunded by itself any more.

    Raises NotFound, Conflict when the order waits for nothing.
    """
    order, waiting = _waiting(order_id)
    with acting_as_system("wait for goods"):
        Reservation.objects.filter(pk__in=[r.pk for r in waiting]).update(expires_at=None)
    record_audit(action="order.wait", resource=order, details={"reason": reason})
    return order


@transaction.atomic
def serve_from(*, reservation_id: UUID, location_id: UUID) -> Reservation:
    """Take what an order waits for from this location, also from one that sells nothing now.

    Raises NotFound, Conflict when too little is there.
    """
    row = Reservation.objects.filter(pk=reservation_id).first()
    if row is None:
        raise NotFound("There is no such reservation.")
    order, waiting = _waiting(row.order_id)
    with acting_as_system("serve from another location"):
        mine = next((r for r in waiting if r.pk == reservation_id), None)
        if mine is None:
            raise Conflict("It does not wait for goods.")
        shelves = locks.lock_stock([mine.item.variant_id])[mine.item.variant_id]
        item = next((i for i in shelves if i.location_id == location_id), None)
        if item is None or item.free < mine.quantity:
            free = max(0, item.free) if item else 0
            raise Conflict(f"{free} of {mine.quantity} pieces are free there.")
        mine.item, mine.state, mine.expires_at = item, ReservationState.ALLOCATED, None
        mine.save(update_fields=["item", "state", "expires_at", "updated_at"])
        sold = Change(item, allocated=mine.quantity, source=mine.source)
        move([sold], kind=MovementKind.ALLOCATE)
        flag_waiting(order, [r for r in waiting if r.pk != mine.pk])
    record_audit(
        action="order.serve_from", resource=order, details={"location": str(item.location)}
    )
    return mine


@transaction.atomic
def serve_waiting(*, order_id: UUID) -> int:
    """Goods have come: sell the order what it waits for, as far as they go; how many pieces."""
    order = locks.lock_order(order_id)
    waiting = locks.lock_reservations(order_id, states=[WAITING])
    before = sum(r.quantity for r in waiting)
    if not waiting:
        return 0
    until = waiting[0].expires_at
    still = sell_anew(order_id, waiting)
    Reservation.objects.filter(pk__in=[r.pk for r in still]).update(expires_at=until)
    flag_waiting(order, still)
    served = before - sum(r.quantity for r in still)
    if served and not still:
        publish(
            type="order.back_in_stock",
            subject=f"order:{order.pk}",
            data={"order_id": str(order.pk), "number": order.number},
        )
    return served


def orders_waiting_for(variant_id: UUID) -> list[UUID]:
    """Who waits for a variant, first paid first."""
    rows = Reservation.objects.filter(state=WAITING, item__variant_id=variant_id)
    found = rows.order_by("order__paid_at", "id").values_list("order_id", flat=True)
    return list(dict.fromkeys(found))


def refund_overdue() -> int:
    """Cancel, and so refund, orders whose goods did not come in time; returns how many.

    One of which a part was sent is left to a person, and waits on.
    """
    with acting_as_system("goods did not come"), transaction.atomic():
        due = Reservation.objects.filter(state=WAITING, expires_at__lt=timezone.now())
        orders = list(dict.fromkeys(due.order_by("expires_at").values_list("order_id", flat=True)))
    return sum(_try_to_refund(order_id) for order_id in orders)


def _try_to_refund(order_id: UUID) -> bool:
    """One that cannot be cancelled holds up no other."""
    try:
        with acting_as_system("goods did not come"), transaction.atomic():
            order = locks.lock_order(order_id)
            waiting = locks.lock_reservations(order_id, states=[WAITING])
            if not any(r.expires_at and r.expires_at < timezone.now() for r in waiting):
                return False
            if order.reservations.filter(shipped__gt=0).exists():
                Reservation.objects.filter(pk__in=[r.pk for r in waiting]).update(expires_at=None)
                return False
            change_status(
                order_id=order_id,
                to=OrderStatus.CANCELLED,
                reason=f"not in stock within {settings.STOCK_REFUND_AFTER_HOURS} hours",
            )
            return True
    except Exception:
        logger.exception("shortage.failed", order=str(order_id))
        return False


def _waiting(order_id: UUID) -> tuple[Order, list[Reservation]]:
    """The order and what it waits for, locked. Raises NotFound, Conflict."""
    if not Order.objects.filter(pk=order_id).exists():
        raise NotFound("There is no such order.")
    with acting_as_system("an order waits for goods"):
        order = locks.lock_order(order_id)
        waiting = locks.lock_reservations(order_id, states=[WAITING])
    if not waiting:
        raise Conflict(f"{order.number} waits for no goods.")
    return order, waiting


def flag_waiting(order: Order, waiting: Sequence[Reservation]) -> None:
    """The order's note for staff, as it is now."""
    others = [line for line in order.attention.splitlines() if not line.startswith(NOT_IN_STOCK)]
    if waiting:
        names: list[Any] = [f"{r.quantity} × {r.item.variant.sku}" for r in waiting]
        others.append(NOT_IN_STOCK + ", ".join(names))
    order.attention = "\n".join(others)
    order.save(update_fields=["attention", "updated_at"])
