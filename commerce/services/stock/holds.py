"""Pieces held for orders that are not paid yet: promised at checkout, and not for ever."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Greatest
from django.utils import timezone

from commerce import locks
from commerce.enums import MovementKind, ReservationState
from commerce.models import Order, Reservation, StockItem, Variant
from commerce.services.stock.movements import Change, OutOfStock, move
from commerce.sourcing import Plan, Shelf, choose
from core.database.many import settled
from core.identity import acting_as_system
from payments.enums import PaymentStatus as GatewayStatus
from payments.models import Payment

logger = structlog.get_logger(__name__)

PURPOSE = "order"
ON_ITS_WAY = (GatewayStatus.PROCESSING, GatewayStatus.HELD, GatewayStatus.SUCCESS)
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Promise:
    """So many pieces of a locked stock item, free for whoever holds the lock."""

    item: StockItem
    quantity: int


def held_until() -> datetime:
    """How long pieces are held from now: longer than a gateway's page can be paid."""
    return timezone.now() + timedelta(minutes=settings.STOCK_HELD_MINUTES)


def promise(wanted: Mapping[Variant, int], *, country: str = "") -> list[Promise]:
    """Lock the stock of these variants and choose from where they go to a buyer in `country`
    (commerce/sourcing.py). Part of a transaction; what cannot run out is in no promise.

    Holds of others that have run out are given up when the pieces are needed. Raises OutOfStock
    naming each variant that is short and what is left of it.
    """
    tracked = {v.pk: (v, quantity) for v, quantity in wanted.items() if v.tracks_stock}
    if not tracked:
        return []
    items = locks.lock_stock(tracked)
    wants = {key: quantity for key, (_, quantity) in tracked.items()}
    plan = plan_from(items, wants, country=country)
    if plan.short and _give_up_lapsed(items, plan.short):
        plan = plan_from(items, wants, country=country)
    if plan.short:
        raise _refusal(plan, tracked)
    by_id = {item.pk: item for some in items.values() for item in some}
    return [Promise(by_id[shelf.item], count) for _, shelf, count in plan.parts]


def free_by_variant(variant_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many pieces can be sold now at all open locations together, without a lock."""
    rows = StockItem.objects.filter(variant_id__in=list(variant_ids), location__is_active=True)
    left = F("on_hand") + F("backorder_limit") - F("reserved") - F("allocated")
    summed = rows.values_list("variant_id").annotate(left=Sum(Greatest(left, 0)))
    return {variant_id: int(pieces) for variant_id, pieces in summed}


def reserve(*, order: Order, promised: Sequence[Promise]) -> None:
    """Hold promised pieces for an order, in the transaction that promised them."""
    until = held_until()
    rows = [
        Reservation(order=order, item=part.item, quantity=part.quantity, expires_at=until)
        for part in promised
    ]
    move(
        [Change(r.item, reserved=r.quantity, source=r.source) for r in rows],
        kind=MovementKind.RESERVE,
    )
    Reservation.objects.bulk_create(settled(rows))


@transaction.atomic
def hold_again(*, order_id: UUID) -> None:
    """The buyer is sent to pay once more: what is held stays so, what ran out is held anew.

    Raises OutOfStock when the pieces have gone to others meanwhile.
    """
    states = [ReservationState.ACTIVE, ReservationState.EXPIRED]
    ours = locks.lock_reservations(order_id, states=states)
    held = [r for r in ours if r.state == ReservationState.ACTIVE]
    Reservation.objects.filter(pk__in=[r.pk for r in held]).update(expires_at=held_until())
    lapsed = [r for r in ours if r.state == ReservationState.EXPIRED]
    if not lapsed:
        return
    order = Order.objects.only("id", "country").get(pk=order_id)
    wanted: dict[Variant, int] = {}
    for r in lapsed:
        wanted[r.item.variant] = wanted.get(r.item.variant, 0) + r.quantity
    reserve(order=order, promised=promise(wanted, country=order.country))
    close(lapsed, ReservationState.RELEASED)


def expire_holds() -> int:
    """Give up holds whose time is over, except where money is on its way; returns how many.

    Each order is a transaction of its own, and one that fails keeps no other's goods.
    """
    with acting_as_system("holds run out"), transaction.atomic():
        due = (
            Reservation.objects.filter(state=ReservationState.ACTIVE, expires_at__lt=timezone.now())
            .order_by("expires_at")
            .values_list("order_id", flat=True)[:AT_ONCE]
        )
        orders = list(dict.fromkeys(due))
    return sum(_try_to_expire(order_id) for order_id in orders)


def _try_to_expire(order_id: UUID) -> int:
    try:
        with acting_as_system("holds run out"), transaction.atomic():
            held = locks.lock_reservations(order_id, states=[ReservationState.ACTIVE])
            return _expire([r for r in held if _is_over(r)])
    except Exception:
        logger.exception("holds.failed", order=str(order_id))
        return 0


def _is_over(reservation: Reservation) -> bool:
    return reservation.expires_at is not None and reservation.expires_at < timezone.now()


def _give_up_lapsed(items: Mapping[UUID, Sequence[StockItem]], short: Iterable[UUID]) -> int:
    """Holds of other orders on these locked items that are over."""
    by_id = {item.pk: item for variant in short for item in items.get(variant, ())}
    lapsed = list(
        Reservation.objects.select_for_update(of=("self",))
        .filter(item_id__in=by_id, state=ReservationState.ACTIVE, expires_at__lt=timezone.now())
        .order_by("id")
    )
    for reservation in lapsed:
        reservation.item = by_id[reservation.item_id]
    return _expire(lapsed)


def _expire(lapsed: Sequence[Reservation]) -> int:
    """Free these; an order whose payment is on its way keeps its pieces."""
    orders = {r.order_id for r in lapsed}
    paying = set(
        Payment.objects.filter(
            purpose=PURPOSE, purpose_id__in=orders, status__in=ON_ITS_WAY
        ).values_list("purpose_id", flat=True)
    )
    over = [r for r in lapsed if r.order_id not in paying]
    move(
        [Change(r.item, reserved=-r.quantity, source=r.source) for r in over],
        kind=MovementKind.EXPIRE,
    )
    return close(over, ReservationState.EXPIRED)


def plan_from(
    items: Mapping[UUID, Sequence[StockItem]], wanted: Mapping[UUID, int], *, country: str
) -> Plan[UUID]:
    """What can be sold now of these locked items, all there are of these variants. Paid orders that
    wait for goods come first."""
    variant_of = {item.pk: key for key in wanted for item in items.get(key, ())}
    waiting: dict[UUID, int] = {}
    for item_id, pieces in Reservation.objects.filter(
        state=ReservationState.WAITING, item_id__in=list(variant_of)
    ).values_list("item_id", "quantity"):
        waiting[variant_of[item_id]] = waiting.get(variant_of[item_id], 0) + pieces
    return choose(
        wanted,
        {key: _shelves(items.get(key, ()), waiting.get(key, 0)) for key in wanted},
        country=country,
    )


def _shelves(items: Iterable[StockItem], kept: int) -> list[Shelf]:
    """Shelves that are open; `kept` pieces of them all are for others."""
    shelves = []
    for item in items:
        if not item.location.is_active:
            continue
        left = max(0, item.available)
        kept, left = max(0, kept - left), max(0, left - kept)
        location = item.location
        shelves.append(Shelf(item.pk, location.name, location.priority, location.country, left))
    return shelves


def close(reservations: Sequence[Reservation], state: ReservationState, **more: Any) -> int:
    """They are over, or one step on; the caller holds their locks and moves the figures. `more`:
    other columns that change with it."""
    if not reservations:
        return 0
    for reservation in reservations:
        reservation.state = state
    keys = [r.pk for r in reservations]
    return Reservation.objects.filter(pk__in=keys).update(
        state=state, updated_at=timezone.now(), **more
    )


def _refusal(plan: Plan[UUID], tracked: Mapping[UUID, tuple[Variant, int]]) -> OutOfStock:
    short: list[dict[str, Any]] = [
        {
            "variant": str(key),
            "sku": tracked[key][0].sku,
            "wanted": tracked[key][1],
            "available": tracked[key][1] - missing,
        }
        for key, missing in plan.short.items()
    ]
    names = ", ".join(line["sku"] for line in short)
    return OutOfStock(f"Not enough in stock: {names}.", details={"out_of_stock": short})
