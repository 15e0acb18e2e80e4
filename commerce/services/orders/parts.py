"""The steps of one vendor's part of an order, by staff or by the vendor's own people.

The database moves the order with its parts, writes history and news (migrations, 0061); here stand
who may, which step may follow, and what is said when it may not.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from commerce import locks
from commerce.enums import OrderStatus, leading_to, may_follow
from commerce.models import OrderPart, VendorMember
from commerce.services.orders.status import LEFT_THE_SHELF, because, known_status, refusal
from commerce.services.stock import release_stock, ship_stock
from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound, PermissionRefused
from core.events.publish import ring_after_commit
from core.identity import Role, acting_as_system, current_identity

UNPAID = OrderStatus.PENDING
BY_STAFF_ALONE = (OrderStatus.CONFIRMED, OrderStatus.REFUNDED)
NOT_YOURS = "Only a vendor's own people and the staff send parts on."
PARCEL_IS_FIXED = (OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.REFUNDED)


@transaction.atomic
def change_part_status(
    *, part_id: UUID, to: str, reason: str = "", tracking_number: str = "", carrier: str = ""
) -> OrderPart:
    """Move one part a step; the order goes along when all that is left of it is as far.

    Raises NotFound for a part the caller cannot see, Invalid for a status nobody knows,
    PermissionRefused for a buyer and for steps that are the staff's, Conflict naming the allowed
    steps, OutOfStock for what is not there to be shipped.
    """
    target = known_status(to)
    part = _visible(part_id)
    if acts_for_vendor(part):
        _refuse_what_staff_do(part, target)
        with acting_as_system("a vendor's parcel"):
            return _move(part, target, reason, tracking_number, carrier)
    return _move(part, target, reason, tracking_number, carrier)


@transaction.atomic
def write_parcel(
    *, part_id: UUID, tracking_number: str | None = None, carrier: str | None = None
) -> OrderPart:
    """Say by whom a part goes and under which number (None: as it is), as whoever may move it.

    Raises NotFound, PermissionRefused, Conflict when the parcel has arrived or the part is over.
    """
    part = _visible(part_id)
    if acts_for_vendor(part):
        with acting_as_system("a vendor's parcel"):
            return _write_parcel(part, tracking_number, carrier)
    return _write_parcel(part, tracking_number, carrier)


def acts_for_vendor(part: OrderPart) -> bool:
    """Whether the caller is one of the vendor's people. Raises PermissionRefused for its buyer."""
    who = current_identity()
    if who.role != Role.SHOPPER:
        return False
    members = VendorMember.objects.of(who.user_id).filter(vendor_id=part.vendor_id)
    if not members.exists():
        raise PermissionRefused(NOT_YOURS)
    return True


def part_steps(status: str, *, by_vendor: bool = False) -> list[OrderStatus]:
    """What may follow for a part; its vendor's people do less than the staff."""
    if by_vendor and status == UNPAID:
        return []
    return [step for step in may_follow(status) if not (by_vendor and step in BY_STAFF_ALONE)]


def _visible(part_id: UUID) -> OrderPart:
    who = current_identity()
    if who.role == Role.SHOPPER and not VendorMember.objects.of(who.user_id).exists():
        raise PermissionRefused(NOT_YOURS)
    part = OrderPart.objects.filter(pk=part_id).first()
    if part is None:
        raise NotFound("There is no such part of an order.")
    return part


def _refuse_what_staff_do(part: OrderPart, target: OrderStatus) -> None:
    if target in BY_STAFF_ALONE:
        raise PermissionRefused(f"Only the staff set a part to {target}.")
    if part.status == UNPAID:
        raise Conflict(
            f"{part.number} is not paid yet.", details={"status": part.status, "allowed": []}
        )


def _move(
    part: OrderPart, target: OrderStatus, reason: str, tracking_number: str, carrier: str
) -> OrderPart:
    """Order first, then the part: commerce/locks.py."""
    locks.lock_order(part.order_id)
    values: dict[str, Any] = {"status": target, "updated_at": Now()}
    if target == OrderStatus.SHIPPED:
        values["shipped_at"] = Now()
    if target == OrderStatus.DELIVERED:
        values["delivered_at"] = Now()
    parcel = {"tracking_number": tracking_number, "carrier": carrier}
    values |= {name: value for name, value in parcel.items() if value}
    with because(reason):
        moved = OrderPart.objects.filter(pk=part.pk, status__in=leading_to(target)).update(**values)
    part.refresh_from_db()
    if not moved:
        raise refusal(part.number, part.status, target)
    _move_goods(part, target)
    record_audit(
        action=f"order_part.{target}",
        resource=part,
        details={"number": part.number, "reason": reason},
    )
    ring_after_commit("order.part_status_changed")
    ring_after_commit("order.status_changed")
    return part


def _move_goods(part: OrderPart, target: OrderStatus) -> None:
    """What is sent must be there; what is cancelled is free for others at once."""
    with acting_as_system("a part of an order"):
        if target == OrderStatus.CANCELLED:
            release_stock(order_id=part.order_id, vendor_id=part.vendor_id)
        if target in LEFT_THE_SHELF:
            ship_stock(order_id=part.order_id, vendor_id=part.vendor_id)


def _write_parcel(part: OrderPart, tracking_number: str | None, carrier: str | None) -> OrderPart:
    locks.lock_order(part.order_id)
    part.refresh_from_db()
    if part.status in PARCEL_IS_FIXED:
        raise Conflict(f"{part.number} is {part.get_status_display().lower()}: it is not sent.")
    before = {"tracking_number": part.tracking_number, "carrier": part.carrier}
    given = {"tracking_number": tracking_number, "carrier": carrier}
    after = before | {name: value for name, value in given.items() if value is not None}
    if after["tracking_number"] and not after["carrier"]:
        raise Invalid(
            "Say who carries it.", details={"carrier": ["A number is of some carrier's."]}
        )
    if before != after:
        OrderPart.objects.filter(pk=part.pk).update(**after, updated_at=Now())
        record_audit(
            action="order_part.parcel",
            resource=part,
            details={"number": part.number, "before": before, "after": after},
        )
        part.refresh_from_db()
    return part
