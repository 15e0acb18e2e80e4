"""The one place where stock figures change: each change with its movement, in two statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from commerce.enums import MovementKind, ReservationState
from commerce.models import Reservation, StockItem, StockMovement
from core.database.many import settled, update_many
from core.errors import Conflict
from core.events import publish
from core.identity import acting_as_system, current_identity

LOW, OUT, BACK, ARRIVED = "stock.low", "stock.out", "stock.back", "stock.arrived"
FIGURES = ["on_hand", "reserved", "allocated", "low_since", "out_since", "updated_at"]


class OutOfStock(Conflict):
    """Less is there than was asked for; `details` names each variant and what is left."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one locked stock item. Its own `source` goes before the common one."""

    item: StockItem
    on_hand: int = 0
    reserved: int = 0
    allocated: int = 0
    source: str = ""
    reason: str = ""


def move(changes: Sequence[Change], *, kind: MovementKind, source: str = "") -> None:
    """Write the movements and the new figures of locked items, two statements for any number.

    News of what is low, out or back goes out once a crossing, in the caller's transaction.
    """
    if not changes:
        return
    items = {change.item.pk: change.item for change in changes}
    before = {key: item.available for key, item in items.items()}
    for change in changes:
        change.item.on_hand += change.on_hand
        change.item.reserved += change.reserved
        change.item.allocated += change.allocated
    write_down([(kind, change) for change in changes], source=source)
    now = timezone.now()
    news = []
    for key, item in items.items():
        news += crossings(item, before[key])
        item.updated_at = now
    update_many(list(items.values()), FIGURES)
    for event_type, item in news:
        publish(type=event_type, subject=f"stock:{item.pk}", data=_told(item))
    _arrived(item for key, item in items.items() if item.available > before[key])


def write_down(movements: Sequence[tuple[MovementKind, Change]], *, source: str = "") -> None:
    """The rows of movements; whoever calls this keeps the figures in step with them."""
    actor_id = current_identity().user_id
    rows = [
        StockMovement(
            item=change.item,
            kind=kind,
            on_hand_change=change.on_hand,
            reserved_change=change.reserved,
            allocated_change=change.allocated,
            source=change.source or source,
            reason=change.reason,
            actor_id=actor_id,
        )
        for kind, change in movements
    ]
    StockMovement.objects.bulk_create(settled(rows))


def crossings(item: StockItem, before: int) -> list[tuple[str, StockItem]]:
    """Note on the item since when it is low or out. The news, when fewer than `before` could be
    sold makes it so, or when it is back."""
    now = timezone.now()
    low, left = threshold(item), item.available
    news = []
    if left <= 0 < before and item.out_since is None:
        news.append((OUT, item))
    elif left <= low < before and item.low_since is None:
        news.append((LOW, item))
    elif before <= 0 < left and item.out_since is not None:
        news.append((BACK, item))
    item.low_since = (item.low_since or now) if left <= low else None
    item.out_since = (item.out_since or now) if left <= 0 else None
    return news


def threshold(item: StockItem) -> int:
    """From how many left on it is low."""
    return item.low_at if item.low_at is not None else int(settings.STOCK_LOW_AT)


def _told(item: StockItem) -> dict[str, Any]:
    return {
        "item_id": str(item.pk),
        "variant_id": str(item.variant_id),
        "location_id": str(item.location_id),
        "available": item.available,
        "on_hand": item.on_hand,
        "threshold": threshold(item),
    }


def _arrived(items: Iterable[StockItem]) -> None:
    """More can be sold than before: paid orders that wait for it are told first."""
    variants = {item.variant_id for item in items if item.available > 0}
    if not variants:
        return
    with acting_as_system("goods arrived"):  # whoever puts them there need not see who waits
        waited_for = list(
            Reservation.objects.filter(
                state=ReservationState.WAITING, item__variant_id__in=variants
            )
            .values_list("item__variant_id", flat=True)
            .distinct()
        )
    for variant_id in waited_for:
        publish(
            type=ARRIVED,
            subject=f"variant:{variant_id}",
            data={"variant_id": str(variant_id)},
        )
