"""Further places with goods of the made-up shop, and some things on their way back."""

from collections.abc import Sequence

from django.db import transaction

from commerce.enums import OrderSource, OrderStatus, ReturnReason, ReturnState
from commerce.models import Order, ReturnRequest, StockLocation, Variant
from commerce.services.returns import Piece, move_return, request_return
from commerce.services.stock import receive_stock
from core.identity import acting_as_system

PLACES = (("Osaka", "JP"), ("Newark", "US"))
PATHS: tuple[tuple[str, ...], ...] = (
    (), (), ("approved",), ("approved", "received"), ("rejected",), ("approved",), ("cancelled",),
)  # fmt: skip


def spread_goods(variants: Sequence[Variant]) -> None:
    """A third of all things lie at a second place too; in some places little is left."""
    with acting_as_system("demo"), transaction.atomic():
        places = [
            StockLocation.objects.get_or_create(name=name, defaults={"country": country})[0]
            for name, country in PLACES
        ]
        goods = [variant for variant in variants if variant.tracks_stock]
        for place, variant in enumerate(goods[::3]):
            receive_stock(
                variant_id=variant.pk,
                quantity=3 + place * 7 % 23,
                source="opening",
                location_id=places[place % len(places)].pk,
            )


def send_some_back() -> int:
    """A few buyers send something back; how many returns are new."""
    with acting_as_system("demo"), transaction.atomic():
        if ReturnRequest.objects.exists():
            return 0
        arrived = Order.objects.filter(source=OrderSource.DEMO, status=OrderStatus.DELIVERED)
        orders = list(arrived.order_by("-placed_at", "-id")[: len(PATHS)])
        reasons = list(ReturnReason)
        for place, (order, path) in enumerate(zip(orders, PATHS, strict=False)):
            thing = order.lines.earliest("position")
            reason = reasons[place % len(reasons)]
            made = request_return(order_id=order.pk, pieces=[Piece(thing.pk, 1, reason)])
            for step in path:
                note = "It was worn." if step == ReturnState.REJECTED else ""
                move_return(return_id=made.pk, to=step, note=note)
        return len(orders)
