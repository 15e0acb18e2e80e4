"""What vendors are told about orders of their goods."""

from typing import Any
from uuid import UUID

from commerce.models import OrderLine
from commerce.subscribers.words import line_words
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
