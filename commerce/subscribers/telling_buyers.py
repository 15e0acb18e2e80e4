"""What buyers are told about their orders."""

from commerce.enums import OrderStatus
from commerce.models import Order
from commerce.subscribers.words import line_words
from core.events import Event, Ignore, subscribe
from notifications.services.notify import notify

TOLD_STEPS = frozenset(OrderStatus) - {OrderStatus.PENDING}


@subscribe("order.placed")
def confirm_order_to_buyer(event: Event) -> None:
    """Thank the buyer and say what was ordered: e-mail, and push when they have a login."""
    order = _told_order(event)
    notify(
        kind="order_placed",
        dedupe_key=f"order_placed:{order.pk}",
        email=order.email,
        user_id=order.user_id,
        language=order.language,
        context={
            "number": order.number,
            "total": order.total.as_json(),
            "name": _name(order),
            "lines": [line_words(line) for line in order.lines.all()],
        },
    )


@subscribe("order.status_changed")
def tell_buyer_of_step(event: Event) -> None:
    """Each step has its message, but for the one that the payment's own thank-you tells."""
    if event.data["status"] not in TOLD_STEPS:
        raise Ignore(f"Nobody is told that an order is {event.data['status']}.")
    if event.data["payment_status"] != event.data["previous_payment_status"]:
        raise Ignore("The thank-you for the payment says it.")
    order = _told_order(event)
    notify(
        kind="order_status_changed",
        dedupe_key=f"order_status_changed:{event.id}",
        email=order.email,
        user_id=order.user_id,
        language=order.language,
        context={
            "number": order.number,
            "status": event.data["status"],
            "previous_status": event.data["previous_status"],
            "name": _name(order),
            "note": _parcel(order) if event.data["status"] == OrderStatus.SHIPPED else "",
        },
    )


def _told_order(event: Event) -> Order:
    """The order, if its buyer is to be told anything. Raises Ignore."""
    if event.data["history"]:
        raise Ignore("An old order that was brought in: nobody is told.")
    order = Order.objects.filter(pk=event.data["order_id"]).first()
    if order is None:
        raise Ignore("The order is gone.")
    if not order.email and not order.user_id:
        raise Ignore("The buyer left no address.")
    return order


def _name(order: Order) -> str:
    return str(order.shipping_address.get("name", ""))


def _parcel(order: Order) -> str:
    return " ".join(part for part in (order.carrier, order.tracking_number) if part)
