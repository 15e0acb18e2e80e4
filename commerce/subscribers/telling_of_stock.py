"""What staff, vendors and buyers hear of stock."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from commerce.models import Order, OrderLine, Reservation, StockItem, VendorMember
from core.events import Event, Ignore, subscribe
from notifications.services.notify import notify


@subscribe("stock.low", "stock.out")
def tell_of_low_stock(event: Event) -> None:
    """Staff by e-mail, the vendor by e-mail and its members in the app; once a day an item, however
    often its last pieces are held and freed again."""
    found = StockItem.objects.filter(pk=event.data["item_id"])
    item = found.select_related("variant__product", "variant__vendor", "location").first()
    if item is None:
        raise Ignore("The item is gone.")
    vendor = item.variant.vendor
    context: dict[str, Any] = {
        "product": item.variant.product.name,
        "sku": item.variant.sku,
        "location": item.location.name,
        "available": max(0, event.data["available"]),
        "threshold": event.data["threshold"],
    }
    key = f"{event.type}:{item.pk}:{event.occurred_at:%Y-%m-%d}"
    notify(kind="stock_low", dedupe_key=f"{key}:staff", email=settings.ADMIN_EMAIL, context=context)
    if vendor.contact_email:
        notify(
            kind="stock_low",
            dedupe_key=f"{key}:vendor",
            email=vendor.contact_email,
            language=vendor.language,
            context=context,
        )
    for user_id in VendorMember.objects.filter(vendor=vendor).values_list("user_id", flat=True):
        notify(
            kind="stock_low",
            dedupe_key=f"{key}:{user_id}",
            user_id=user_id,
            language=vendor.language,
            context=context,
        )


@subscribe("order.out_of_stock")
def tell_buyer_to_wait(event: Event) -> None:
    """Paid, and not there: the buyer hears what is missing, and until when it is waited for."""
    order = Order.objects.get(pk=event.data["order_id"])
    if not order.email and not order.user_id:
        raise Ignore("The buyer left no address.")
    at = event.data["refund_at"]
    notify(
        kind="order_waits_for_stock",
        dedupe_key=f"order_waits_for_stock:{order.pk}",
        email=order.email,
        user_id=order.user_id,
        language=order.language,
        context={
            "number": order.number,
            "name": str(order.shipping_address.get("name", "")),
            "lines": _missing(order, event.data["missing"]),
            "refund_on": f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M} UTC" if at else "",
        },
    )


def _missing(order: Order, missing: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = dict(OrderLine.objects.filter(order=order).values_list("sku", "name"))
    return [
        {"name": names.get(part["sku"], part["sku"]), "quantity": part["quantity"]}
        for part in missing
    ]


@subscribe("order.back_in_stock")
def tell_buyer_it_came(event: Event) -> None:
    """What was waited for is there and will be sent."""
    order = Order.objects.get(pk=event.data["order_id"])
    if not order.email and not order.user_id:
        raise Ignore("The buyer left no address.")
    served = Reservation.objects.filter(order=order).order_by("-updated_at").values_list("pk")[:1]
    notify(
        kind="order_back_in_stock",
        dedupe_key=f"order_back_in_stock:{order.pk}:{UUID(str(served[0][0])) if served else ''}",
        email=order.email,
        user_id=order.user_id,
        language=order.language,
        context={
            "number": order.number,
            "name": str(order.shipping_address.get("name", "")),
        },
    )
