"""An order's pieces after payment: sold, shipped, or given back."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import prefetch_related_objects

from commerce import locks
from commerce.enums import MovementKind, ReservationState
from commerce.models import Order, Reservation, StockItem
from commerce.services.stock.holds import close, plan_from
from commerce.services.stock.movements import Change, OutOfStock, move

HELD, SOLD = ReservationState.ACTIVE, ReservationState.ALLOCATED
NOT_SHIPPED = [HELD, SOLD, ReservationState.WAITING, ReservationState.EXPIRED]


@transaction.atomic
def allocate_stock(*, order_id: UUID) -> list[Reservation]:
    """The order is paid: its pieces are sold, and lie on the shelf until they are shipped.

    What was held no more when the money came is taken from wherever it is left. Returns what is
    nowhere: those reservations wait for goods. A repeat does nothing and returns what waits.
    """
    states = [HELD, ReservationState.EXPIRED, ReservationState.WAITING]
    ours = locks.lock_reservations(order_id, states=states, figures_only=True)
    held = [r for r in ours if r.state == HELD]
    move(
        [Change(r.item, reserved=-r.quantity, allocated=r.quantity, source=r.source) for r in held],
        kind=MovementKind.ALLOCATE,
    )
    close(held, SOLD, expires_at=None)
    lapsed = [r for r in ours if r.state == ReservationState.EXPIRED]
    waiting = [r for r in ours if r.state == ReservationState.WAITING]
    if lapsed:
        waiting += sell_anew(order_id, lapsed)
    prefetch_related_objects([r.item for r in waiting], "variant")  # they are named to people
    return waiting


def sell_anew(order_id: UUID, lapsed: Sequence[Reservation]) -> list[Reservation]:
    """Find pieces for what a paid order has a right to and does not hold; returns what waits.

    The caller holds the locks of `lapsed`, which are replaced.
    """
    order = Order.objects.only("id", "country").get(pk=order_id)
    wanted: dict[UUID, int] = {}
    first: dict[UUID, StockItem] = {}
    for r in lapsed:
        key = r.item.variant_id
        wanted[key] = wanted.get(key, 0) + r.quantity
        first.setdefault(key, r.item)
    close(lapsed, ReservationState.RELEASED)
    items = locks.lock_stock(wanted)  # held already, with all of these variants
    plan = plan_from(items, wanted, country=order.country)
    by_id = {item.pk: item for some in items.values() for item in some}
    sold = [
        Reservation(order=order, item=by_id[shelf.item], quantity=count, state=SOLD)
        for _, shelf, count in plan.parts
    ]
    move(
        [Change(r.item, allocated=r.quantity, source=r.source) for r in sold],
        kind=MovementKind.ALLOCATE,
    )
    waiting = [
        Reservation(order=order, item=first[key], quantity=count, state=ReservationState.WAITING)
        for key, count in plan.short.items()
    ]
    Reservation.objects.bulk_create([*sold, *waiting])
    return waiting


@transaction.atomic
def ship_stock(
    *,
    order_id: UUID,
    pieces: Mapping[UUID, int] | None = None,
    vendor_id: UUID | None = None,
    is_fact: bool = False,
) -> int:
    """The order's pieces leave the shelf: all of them, those of one vendor, or so many of each
    variant (`pieces`).

    Returns how many left; a repeat does nothing. Raises OutOfStock naming what is not there yet.
    `is_fact`: they have left (somebody wrote so into the database); what the books did not know
    of is corrected with it.
    """
    ours = locks.lock_reservations(order_id, states=NOT_SHIPPED)
    parts = _parts(ours, pieces, vendor_id)
    if not is_fact:
        _refuse_missing(parts)
    found = [
        Change(r.item, on_hand=missing, source=f"{r.source}:{r.left}", reason="Shipped uncounted")
        for r, missing in _uncounted(parts)
    ]
    move(found, kind=MovementKind.CORRECT)
    move(
        [
            Change(
                r.item,
                on_hand=-count,
                reserved=-count if r.state == HELD else 0,
                allocated=-count if r.state == SOLD else 0,
                source=f"{r.source}:{r.left - count}",
            )
            for r, count in parts
        ],
        kind=MovementKind.SHIP,
    )
    for r, count in parts:
        r.shipped += count
        if not r.left:
            r.state = ReservationState.SHIPPED
        r.save(update_fields=["shipped", "state", "updated_at"])
    return sum(count for _, count in parts)


@transaction.atomic
def unship_stock(*, order_id: UUID, vendor_id: UUID | None = None) -> int:
    """Shipping was taken back: somebody slipped, the pieces lie on the shelf and are sold.

    Returns how many; a repeat does nothing. They stand in new reservations, to be shipped anew.
    """
    states = [SOLD, ReservationState.SHIPPED]
    ours = locks.lock_reservations(order_id, states=states)
    gone = [r for r in ours if r.shipped and vendor_id in (None, r.item.variant.vendor_id)]
    again = [
        Reservation(order_id=order_id, item=r.item, quantity=r.shipped, state=SOLD) for r in gone
    ]
    move(
        [
            Change(
                r.item,
                on_hand=r.quantity,
                allocated=r.quantity,
                source=r.source,
                reason="Shipping taken back",
            )
            for r in again
        ],
        kind=MovementKind.CORRECT,
    )
    for r in gone:
        r.quantity, r.shipped = (r.left or r.quantity), 0
        r.state = SOLD if r.state == SOLD else ReservationState.RELEASED
        r.save(update_fields=["quantity", "shipped", "state", "updated_at"])
    Reservation.objects.bulk_create(again)
    return sum(r.quantity for r in again)


@transaction.atomic
def release_stock(
    *,
    order_id: UUID,
    pieces: Mapping[UUID, int] | None = None,
    vendor_id: UUID | None = None,
) -> int:
    """The order is off, one vendor's part of it, or so many `pieces` of a variant: what was held or
    sold is free again.

    What has been shipped is not: that comes back by a return. Returns how many pieces are given
    up; a repeat does nothing.
    """
    ours = locks.lock_reservations(order_id, states=NOT_SHIPPED)
    ours.sort(key=lambda r: NOT_SHIPPED[::-1].index(ReservationState(r.state)))
    parts = _parts(ours, pieces, vendor_id)
    move(
        [
            Change(
                r.item,
                reserved=-count if r.state == HELD else 0,
                allocated=-count if r.state == SOLD else 0,
                source=f"{r.source}:{r.left - count}",
            )
            for r, count in parts
            if r.state in (HELD, SOLD)
        ],
        kind=MovementKind.RELEASE,
    )
    for r, count in parts:
        if count == r.quantity:
            r.state = ReservationState.RELEASED
        elif count == r.left:
            r.quantity, r.state = r.shipped, ReservationState.SHIPPED
        else:
            r.quantity -= count
        r.save(update_fields=["quantity", "state", "updated_at"])
    return sum(count for _, count in parts)


def _parts(
    reservations: Sequence[Reservation],
    pieces: Mapping[UUID, int] | None,
    vendor_id: UUID | None,
) -> list[tuple[Reservation, int]]:
    """How many of each reservation: all that is left, or what is asked for of its variant."""
    ours = [r for r in reservations if vendor_id in (None, r.item.variant.vendor_id)]
    if pieces is None:
        return [(r, r.left) for r in ours]
    left = dict(pieces)
    parts = []
    for r in ours:
        count = min(r.left, left.get(r.item.variant_id, 0))
        if count:
            left[r.item.variant_id] -= count
            parts.append((r, count))
    return parts


def _uncounted(parts: Sequence[tuple[Reservation, int]]) -> list[tuple[Reservation, int]]:
    """Where more leaves than lies there, or than others leave free: by how much, an item each."""
    by_item: dict[UUID, list[tuple[Reservation, int]]] = {}
    for r, count in parts:
        by_item.setdefault(r.item_id, []).append((r, count))
    found = []
    for some in by_item.values():
        first, item = some[0][0], some[0][0].item
        leaving = sum(count for _, count in some)
        ours = sum(count for r, count in some if r.state in (HELD, SOLD))
        kept = max(0, item.promised - ours - item.backorder_limit)
        missing = kept + leaving - item.on_hand
        if missing > 0:
            found.append((first, missing))
    return found


def _refuse_missing(parts: Sequence[tuple[Reservation, int]]) -> None:
    """Raises OutOfStock for what is not held, and for what was sold before it is there."""
    short = [
        (r, 0) for r, _ in parts if r.state in (ReservationState.WAITING, ReservationState.EXPIRED)
    ]
    leaving: dict[UUID, int] = {}
    for r, count in parts:
        if r.state in (HELD, SOLD):
            leaving[r.item_id] = leaving.get(r.item_id, 0) + count
            if leaving[r.item_id] > r.item.on_hand:
                short.append((r, r.item.on_hand))
    if short:
        names = ", ".join(sorted({r.item.variant.sku for r, _ in short}))
        lines = [
            {
                "variant": str(r.item.variant_id),
                "sku": r.item.variant.sku,
                "wanted": r.left,
                "available": there,
            }
            for r, there in short
        ]
        raise OutOfStock(f"Not there to be shipped: {names}.", details={"out_of_stock": lines})
