"""What buyers are told of their orders: each fact once, in their language, never of history."""

from typing import Any
from uuid import UUID

from commerce.carriers import tracking_url
from commerce.enums import OrderSource, OrderStatus, PaymentStatus, is_back
from commerce.models import Order, OrderLine, OrderPart
from commerce.services.orders.give_back import given_back_for
from commerce.subscribers.words import goods_words, line_words
from core.events import Event, Ignore, subscribe
from notifications.kinds.orders import STEPS
from notifications.services.notify import notify

TOLD_OF_PARTS = (OrderStatus.SHIPPED, OrderStatus.CANCELLED)
WITH_PARCELS = (OrderStatus.SHIPPED, OrderStatus.OUT_FOR_DELIVERY)


@subscribe("order.placed")
def confirm_order_to_buyer(event: Event) -> None:
    """Thank the buyer and say what was ordered: e-mail, and push when they have a login."""
    order = _told_order(event)
    if order.source == OrderSource.ADMIN:
        raise Ignore("Staff are still writing it: they send the page to pay on when it is ready.")
    _tell(
        order,
        "order_placed",
        key=f"order_placed:{order.pk}",
        total=order.total.as_json(),
        lines=[line_words(line) for line in order.lines.all()],
    )


@subscribe("order.status_changed")
def tell_buyer_of_step(event: Event) -> None:
    """Each step has its own message, but where the news of the money says it."""
    status, previous = event.data["status"], event.data["previous_status"]
    if status not in STEPS:
        raise Ignore(f"Nobody is told that an order is {status}.")
    if event.data["payment_status"] != event.data["previous_payment_status"]:
        raise Ignore("The thank-you for the payment says it.")
    order = _told_order(event)
    if is_back(previous, status):
        _tell(order, "order_step_taken_back", key=f"order_step:{event.id}")
        return
    paid = event.data["payment_status"]
    if status == OrderStatus.REFUNDED and paid == PaymentStatus.REFUNDED and order.payment_id:
        raise Ignore("The message about the money on its way back says it.")
    words: dict[str, Any] = {}
    if status in WITH_PARCELS:
        words["parcels"] = _parcels(order)
    if status == OrderStatus.CANCELLED and paid == PaymentStatus.PAID and order.payment_id:
        words["refund"] = order.total.as_json()
    _tell(order, STEPS[status], key=f"order_step:{event.id}", **words)


@subscribe("order.part_status_changed")
def tell_buyer_of_part(event: Event) -> None:
    """A part goes its own way. Where the whole order went along, the order's message says it."""
    data = event.data
    if data["status"] not in TOLD_OF_PARTS or is_back(data["previous_status"], data["status"]):
        raise Ignore(f"Nobody is told that a part is {data['status']}.")
    if data["order_status"] != data["previous_order_status"] and (
        data["order_status"] in (data["status"], OrderStatus.CANCELLED)
    ):
        raise Ignore("The order's own message says it.")
    order = _told_order(event)
    part = OrderPart.objects.get(pk=data["part_id"])
    if part.status != data["status"]:
        raise Ignore(f"It is {part.status} by now.")
    lines = OrderLine.objects.filter(order=order, vendor_id=part.vendor_id).order_by("position")
    words: dict[str, Any] = {"lines": [goods_words(line) for line in lines]}
    if not words["lines"]:
        raise Ignore("Its lines were taken out: the message about the change says it.")
    if part.status == OrderStatus.SHIPPED:
        words["parcels"] = _parcels_of([(part.carrier, part.tracking_number)])
        _tell(order, "order_part_shipped", key=f"order_part:{event.id}", **words)
        return
    back = given_back_for(part_id=UUID(data["part_id"]))
    if back is not None:
        words["refund"] = back.as_json()
    _tell(order, "order_part_cancelled", key=f"order_part:{event.id}", **words)


def _tell(order: Order, kind: str, *, key: str, **words: Any) -> None:
    notify(
        kind=kind,
        dedupe_key=key,
        email=order.email,
        user_id=order.user_id,
        language=order.language,
        context={"number": order.number, "name": _name(order), **words},
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


def _parcels(order: Order) -> list[dict[str, str]]:
    """All parcels of an order, each once; parts may share one."""
    parts = order.parts.exclude(status__in=(OrderStatus.CANCELLED, OrderStatus.REFUNDED))
    found = [(part.carrier, part.tracking_number) for part in parts.order_by("position")]
    return _parcels_of(found or [(order.carrier, order.tracking_number)])


def _parcels_of(found: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [
        {"carrier": carrier, "tracking_number": number, "url": tracking_url(carrier, number)}
        for carrier, number in dict.fromkeys(found)
        if carrier or number
    ]
