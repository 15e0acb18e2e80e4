"""Stock: received, counted, promised to orders, taken, given back. Every change is a movement."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from commerce import locks
from commerce.enums import MovementKind, ReservationState
from commerce.models import Order, Reservation, StockItem, StockMovement, Variant
from core.errors import Conflict, Invalid
from core.identity import current_identity


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one locked stock item."""

    item: StockItem
    on_hand: int = 0
    reserved: int = 0


class OutOfStock(Conflict):
    """Less is there than was asked for; `details` names each variant and what is left."""


@transaction.atomic
def receive_stock(*, variant_id: UUID, quantity: int, source: str) -> StockItem:
    """Put `quantity` pieces on the shelf. The same `source` is received once.

    Raises Invalid for a quantity below one.
    """
    if quantity < 1:
        raise Invalid("Receive one piece or more.", details={"quantity": ["At least 1."]})
    StockItem.objects.bulk_create([StockItem(variant_id=variant_id)], ignore_conflicts=True)
    item = locks.lock_stock([variant_id])[variant_id]
    if not _is_known(item, MovementKind.RECEIVE, source):
        _move([Change(item, on_hand=quantity)], kind=MovementKind.RECEIVE, source=source)
    return item


@transaction.atomic
def count_stock(*, variant_id: UUID, on_hand: int, source: str) -> StockItem:
    """Somebody counted: there are `on_hand` pieces.

    Raises Conflict when more than that is promised to orders.
    """
    if on_hand < 0:
        raise Invalid("A count is not below zero.", details={"on_hand": ["At least 0."]})
    StockItem.objects.bulk_create([StockItem(variant_id=variant_id)], ignore_conflicts=True)
    item = locks.lock_stock([variant_id])[variant_id]
    if on_hand < item.reserved:
        raise Conflict(f"{item.reserved} pieces are promised to orders, so {on_hand} is too few.")
    if on_hand != item.on_hand:
        _move(
            [Change(item, on_hand=on_hand - item.on_hand)], kind=MovementKind.ADJUST, source=source
        )
    return item


def promise(wanted: Mapping[Variant, int]) -> dict[UUID, StockItem]:
    """Lock the stock of these variants and make sure that it suffices. Part of a transaction.

    Returns the locked items by variant; those that cannot run out have none.
    Raises OutOfStock naming each variant that is short and what is left of it.
    """
    tracked = {variant.pk: variant for variant in wanted if variant.tracks_stock}
    items = locks.lock_stock(tracked)
    short = []
    for variant in tracked.values():
        left = items[variant.pk].available if variant.pk in items else 0
        if left < wanted[variant]:
            short.append(
                {
                    "variant": str(variant.pk),
                    "sku": variant.sku,
                    "wanted": wanted[variant],
                    "available": left,
                }
            )
    if short:
        names = ", ".join(str(line["sku"]) for line in short)
        raise OutOfStock(f"Not enough in stock: {names}.", details={"out_of_stock": short})
    return items


def reserve(
    *, order: Order, items: Mapping[UUID, StockItem], wanted: Mapping[Variant, int]
) -> None:
    """Hold promised pieces for an order, in the transaction that promised them."""
    changes = []
    reservations = []
    for variant, quantity in wanted.items():
        item = items.get(variant.pk)
        if item is not None:
            changes.append(Change(item, reserved=quantity))
            reservations.append(Reservation(order=order, item=item, quantity=quantity))
    _move(changes, kind=MovementKind.RESERVE, source=f"order:{order.pk}")
    Reservation.objects.bulk_create(reservations)


@transaction.atomic
def commit_stock(*, order_id: UUID) -> int:
    """The order is paid: its pieces leave the shelf.

    Returns how many lines; a repeat does nothing.
    """
    held = locks.lock_reservations(order_id, states=[ReservationState.ACTIVE])
    _move(
        [Change(r.item, on_hand=-r.quantity, reserved=-r.quantity) for r in held],
        kind=MovementKind.COMMIT,
        source=f"order:{order_id}",
    )
    return _close(held, ReservationState.COMMITTED)


@transaction.atomic
def release_stock(*, order_id: UUID) -> int:
    """The order is off: what was held is free again, what was taken goes back on the shelf.

    Returns how many lines; a repeat does nothing.
    """
    ours = locks.lock_reservations(
        order_id, states=[ReservationState.ACTIVE, ReservationState.COMMITTED]
    )
    held = [r for r in ours if r.state == ReservationState.ACTIVE]
    taken = [r for r in ours if r.state == ReservationState.COMMITTED]
    source = f"order:{order_id}"
    _move(
        [Change(r.item, reserved=-r.quantity) for r in held],
        kind=MovementKind.RELEASE,
        source=source,
    )
    _move(
        [Change(r.item, on_hand=r.quantity) for r in taken],
        kind=MovementKind.RESTOCK,
        source=source,
    )
    return _close(ours, ReservationState.RELEASED)


def _close(reservations: list[Reservation], state: ReservationState) -> int:
    return Reservation.objects.filter(pk__in=[r.pk for r in reservations]).update(state=state)


def _is_known(item: StockItem, kind: MovementKind, source: str) -> bool:
    return StockMovement.objects.filter(item=item, kind=kind, source=source).exists()


def _move(changes: list[Change], *, kind: MovementKind, source: str) -> None:
    """Write the movements and the new figures of locked items, two statements for any number."""
    if not changes:
        return
    actor_id = current_identity().user_id
    for change in changes:
        change.item.on_hand += change.on_hand
        change.item.reserved += change.reserved
    StockMovement.objects.bulk_create(
        StockMovement(
            item=change.item,
            kind=kind,
            on_hand_change=change.on_hand,
            reserved_change=change.reserved,
            source=source,
            actor_id=actor_id,
        )
        for change in changes
    )
    StockItem.objects.bulk_update([change.item for change in changes], ["on_hand", "reserved"])
