"""Goods come in, are counted, corrected, and moved between locations."""

from typing import Any
from uuid import UUID

from django.db import transaction

from commerce import locks
from commerce.enums import MovementKind
from commerce.models import StockItem, StockLocation, StockMovement, Variant
from commerce.services.stock.movements import Change, crossings, move, write_down
from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound
from core.identity import acting_as_system
from core.ids import new_id


@transaction.atomic
def receive_stock(
    *, variant_id: UUID, quantity: int, source: str, location_id: UUID | None = None
) -> StockItem:
    """Put `quantity` pieces on the shelf; without a location, of the default one.

    The same `source` is received once at a location. Raises Invalid for a quantity below one,
    NotFound, Invalid for another vendor's place.
    """
    if quantity < 1:
        raise Invalid("Receive one piece or more.", details={"quantity": ["At least 1."]})
    item = _item(variant_id, location_id)
    if not _is_known(item, MovementKind.RECEIVE, source):
        move([Change(item, on_hand=quantity)], kind=MovementKind.RECEIVE, source=source)
    return item


@transaction.atomic
def count_stock(
    *,
    variant_id: UUID,
    on_hand: int,
    source: str,
    location_id: UUID | None = None,
    reason: str = "",
) -> StockItem:
    """Somebody counted: there are `on_hand` pieces at the location.

    The same `source` counts once. Raises Invalid below zero, Conflict when more than that is
    promised to orders.
    """
    if on_hand < 0:
        raise Invalid("A count is not below zero.", details={"on_hand": ["At least 0."]})
    item = _item(variant_id, location_id)
    if _is_known(item, MovementKind.ADJUST, source):
        return item
    _refuse_below_promises(item, on_hand)
    if on_hand != item.on_hand:
        change = Change(item, on_hand=on_hand - item.on_hand, reason=reason)
        move([change], kind=MovementKind.ADJUST, source=source)
    return item


@transaction.atomic
def correct_stock(
    *, variant_id: UUID, change: int, reason: str, source: str, location_id: UUID | None = None
) -> StockItem:
    """So many pieces more or less than the books say: broken, lost, found. A reason is a must.

    The same `source` corrects once. Raises Invalid for no change or no reason, Conflict when less
    is left than orders have a right to.
    """
    if not change:
        raise Invalid("Say how many more or less.", details={"change": ["Not 0."]})
    if not reason.strip():
        raise Invalid("Say why.", details={"reason": ["This field may not be blank."]})
    item = _item(variant_id, location_id)
    if _is_known(item, MovementKind.CORRECT, source):
        return item
    if item.on_hand + change < 0:
        raise Conflict(f"{item.on_hand} pieces are there, so {-change} cannot be taken away.")
    _refuse_below_promises(item, item.on_hand + change)
    move(
        [Change(item, on_hand=change, reason=reason.strip())],
        kind=MovementKind.CORRECT,
        source=source,
    )
    return item


@transaction.atomic
def take_in_again(
    *,
    variant_id: UUID,
    quantity: int,
    source: str,
    location_id: UUID | None = None,
    write_off: bool = False,
    reason: str = "",
) -> StockItem:
    """Pieces came back from a buyer: on the shelf, or through the books and out (`write_off`).

    The same `source` comes back once. Raises as `receive_stock`.
    """
    item = _item(variant_id, location_id)
    if _is_known(item, MovementKind.RESTOCK, source):
        return item
    note: Any = {"source": source, "reason": reason}
    if not write_off:
        move([Change(item, on_hand=quantity, **note)], kind=MovementKind.RESTOCK)
        return item
    # in and out at once: nothing can be sold of it, and no news of it goes out
    written = [Change(item, on_hand=quantity, **note), Change(item, on_hand=-quantity, **note)]
    write_down([(MovementKind.RESTOCK, written[0]), (MovementKind.WRITE_OFF, written[1])])
    return item


@transaction.atomic
def transfer_stock(
    *, variant_id: UUID, from_id: UUID, to_id: UUID, quantity: int, source: str, reason: str = ""
) -> tuple[StockItem, StockItem]:
    """Move pieces that are nobody's from one location to another; returns both items.

    The same `source` moves once. Raises Invalid, NotFound, Conflict when fewer are free there.
    """
    if quantity < 1:
        raise Invalid("Move one piece or more.", details={"quantity": ["At least 1."]})
    if from_id == to_id:
        raise Invalid("Name two locations.", details={"to": ["The same location."]})
    for location_id in (from_id, to_id):
        _ensure(variant_id, location_id)
    found = locks.lock_stock([variant_id]).get(variant_id, [])
    items = {item.location_id: item for item in found}
    if not {from_id, to_id} <= set(items):
        raise NotFound("There is no such variant of yours.")
    here, there = items[from_id], items[to_id]
    if _is_known(here, MovementKind.MOVE_OUT, source):
        return here, there
    if here.free < quantity:
        raise Conflict(
            f"{max(0, here.free)} of {here.on_hand} pieces at {here.location} are free to move.",
            details={"free": max(0, here.free)},
        )
    note: Any = {"source": source, "reason": reason}
    move([Change(here, on_hand=-quantity, **note)], kind=MovementKind.MOVE_OUT)
    move([Change(there, on_hand=quantity, **note)], kind=MovementKind.MOVE_IN)
    return here, there


@transaction.atomic
def set_limits(
    *, item_id: UUID, low_at: int | None = None, backorder_limit: int | None = None
) -> StockItem:
    """From how many left it is low (None: the shop's usual number), and how many more than there
    are may be sold (None: as it is). Raises NotFound, Conflict when more is sold already."""
    item = locks.lock_items([item_id]).get(item_id)
    if item is None:
        raise NotFound("There is no such stock item.")
    before = item.available
    item.low_at = low_at
    if backorder_limit is not None:
        if item.promised > item.on_hand + backorder_limit:
            raise Conflict(f"{item.promised - item.on_hand} more than there are is sold already.")
        item.backorder_limit = backorder_limit
    crossings(item, before)
    item.save()
    record_audit(
        action="stock.limits",
        resource=item,
        details={"low_at": item.low_at, "backorder_limit": item.backorder_limit},
    )
    return item


def default_location_id() -> UUID:
    """Where goods lie of which nobody says more; made anew should it be gone."""
    known = StockLocation.objects.filter(is_default=True).values_list("pk", flat=True)
    found = known.first()
    if found is None:
        main = StockLocation(id=new_id(), name="Main", is_default=True)
        with acting_as_system("the house's default location"):  # whoever's goods arrive first
            StockLocation.objects.bulk_create([main], ignore_conflicts=True)
        found = known.get()
    return found


def _item(variant_id: UUID, location_id: UUID | None) -> StockItem:
    """The variant's item at the location, made if need be, locked."""
    place = location_id or default_location_id()
    _ensure(variant_id, place)
    for item in locks.lock_stock([variant_id]).get(variant_id, []):
        if item.location_id == place:
            return item
    raise NotFound("There is no such variant of yours.")  # another vendor's, says the database


def _ensure(variant_id: UUID, location_id: UUID) -> None:
    """A row for a variant at a location. Raises NotFound, Invalid for another vendor's place."""
    if StockItem.objects.filter(variant_id=variant_id, location_id=location_id).exists():
        return
    location = StockLocation.objects.filter(pk=location_id).first()
    variant = Variant.objects.filter(pk=variant_id).first()
    if location is None or variant is None:
        raise NotFound("There is no such " + ("variant." if location else "location."))
    if location.vendor_id not in (None, variant.vendor_id):
        raise Invalid(
            f"{location} is for the goods of another vendor.",
            details={"location": ["Another vendor's."]},
        )
    row = StockItem(id=new_id(), variant_id=variant_id, location_id=location_id)
    StockItem.objects.bulk_create([row], ignore_conflicts=True)


def _refuse_below_promises(item: StockItem, on_hand: int) -> None:
    if on_hand + item.backorder_limit < item.promised:
        raise Conflict(
            f"{item.promised} pieces are promised to orders, so {on_hand} is too few.",
            details={"promised": item.promised},
        )


def _is_known(item: StockItem, kind: MovementKind, source: str) -> bool:
    return StockMovement.objects.filter(item=item, kind=kind, source=source).exists()
