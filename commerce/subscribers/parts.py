"""A part that is cancelled by itself: its goods are free, its money goes back, the rest goes on."""

from uuid import UUID

from commerce.enums import OrderStatus
from commerce.models import OrderPart
from commerce.services.orders.cancelled_part import give_back_part
from core.events import Event, Ignore, subscribe


@subscribe("order.part_status_changed", queue="money")
def give_back_what_cancelled_parts_cost(event: Event) -> None:
    """The buyer gets the part's share back, in the name of who cancelled it."""
    _only_cancelled(event)
    if event.data["order_status"] == OrderStatus.CANCELLED:
        raise Ignore("The whole order is cancelled: all of it goes back.")
    if event.data["history"]:
        raise Ignore("An old order that was brought in.")
    if not give_back_part(part_id=UUID(event.data["part_id"]), requested_by=event.actor_id):
        raise Ignore("Nothing is to be given back.")


@subscribe("order.paid", queue="money")
def give_back_parts_cancelled_before(event: Event) -> None:
    """Paid in full although a part had been cancelled meanwhile: its share goes back at once."""
    gone = OrderPart.objects.filter(
        order_id=event.data["order_id"], status=OrderStatus.CANCELLED
    ).values_list("pk", flat=True)
    if event.data["status"] == OrderStatus.CANCELLED:
        raise Ignore("The whole order is cancelled: all of it goes back.")
    if not [pk for pk in gone if give_back_part(part_id=pk, requested_by=None)]:
        raise Ignore("No part of it was cancelled.")


def _only_cancelled(event: Event) -> None:
    if event.data["status"] != OrderStatus.CANCELLED:
        raise Ignore(f"Now {event.data['status']}.")
