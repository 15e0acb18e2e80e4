"""What vendors are told about orders of their goods."""

from typing import Any
from uuid import UUID

from commerce.enums import OrderStatus
from commerce.models import OrderLine, OrderPart
from commerce.subscribers.words import goods_words, line_words
from core.events import Event, Ignore, subscribe
from core.money import Money
from notifications.services.notify import notify


@subscribe("order.paid")
def tell_vendors(event: Event) -> None:
    """Each vendor hears of the lines that are theirs to send, once an order."""
    order_id = UUID(event.data["order_id"])
    by_vendor: dict[Any, list[OrderLine]] = {}
    for line in OrderLine.objects.filter(order_id=order_id).select_related("vendor"):
        by_vendor.setdefault(line.vendor, []).append(line)
    reachable = [vendor for vendor in by_vendor if vendor.contact_email]
    if not reachable:
        raise Ignore("No vendor of this order has an e-mail address.")
    for vendor in reachable:
        lines = by_vendor[vendor]
        total = Money(sum(line.total_minor for line in lines), lines[0].currency)
        notify(
            kind="vendor_new_order",
            dedupe_key=f"vendor_new_order:{order_id}:{vendor.pk}",
            email=vendor.contact_email,
            language=vendor.language,
            context={
                "vendor": vendor.name,
                "number": event.data["number"],
                "total": total.as_json(),
                "lines": [line_words(line) for line in lines],
            },
        )


@subscribe("order.status_changed", "order.part_status_changed")
def tell_vendors_of_cancellation(event: Event) -> None:
    """Whoever was told to send something hears that it is off, once a part."""
    data = event.data
    if data["status"] != OrderStatus.CANCELLED or data["history"]:
        raise Ignore(f"Now {data['status']}.")
    parts = OrderPart.objects.filter(
        order_id=data["order_id"], status=OrderStatus.CANCELLED, order__paid_at__isnull=False
    ).select_related("vendor")
    if "part_id" in data:
        parts = parts.filter(pk=data["part_id"])
    reachable = [part for part in parts if part.vendor.contact_email]
    if not reachable:
        raise Ignore("No vendor was told to send it, or none has an e-mail address.")
    for part in reachable:
        lines = OrderLine.objects.filter(order_id=part.order_id, vendor_id=part.vendor_id)
        if not lines.exists():
            continue  # taken out of the order, which is told as a change of it
        notify(
            kind="vendor_order_cancelled",
            dedupe_key=f"vendor_order_cancelled:{part.pk}",
            email=part.vendor.contact_email,
            language=part.vendor.language,
            context={
                "vendor": part.vendor.name,
                "number": part.number,
                "lines": [goods_words(line) for line in lines.order_by("position")],
            },
        )
