"""What a vendor's part of an order looks like in the API."""

from typing import Any

from django.db.models import OuterRef, QuerySet

from commerce.api.order_rows import (
    LINE_SCHEMA,
    PAGE_SCHEMA,
    PREVIOUS_SCHEMA,
    STEPS_SCHEMA,
    lines_in_json,
    shown_lines,
)
from commerce.carriers import tracking_url
from commerce.models import Order, OrderLine, OrderPart, OrderPartChange, Vendor
from commerce.services.orders.parts import part_steps
from core.api.rows import Many, One, Rows, made, money
from core.identity import Role, acting_as_system, current_identity

PART_HISTORY = Rows(
    columns={
        "previous": made(str, "previous", schema=PREVIOUS_SCHEMA), "status": "status", "at": "at",
        "actor": "actor_id", "reason": "reason", "with_order": "with_order",
    },
    model=OrderPartChange,
)  # fmt: skip
VENDORS = Rows(columns={"id": "id", "name": "name", "slug": "slug"}, model=Vendor)
PARCELS = Rows(columns={"address": "shipping_address"}, model=Order)


class Parcel(One):
    """Where a part goes. Its vendor's people may not see the order, and need the address."""

    def fetch(self, keys: set[Any]) -> dict[Any, Any]:
        """The parts were theirs to see, so what stands on the parcel is."""
        with acting_as_system("address of a parcel"):
            return super().fetch(keys)


def with_part_lines(parts: QuerySet[OrderPart]) -> QuerySet[OrderPart]:
    """What PARTS reads; lines come along in the same query."""
    lines = OrderLine.objects.filter(order=OuterRef("order_id"), vendor=OuterRef("vendor_id"))
    return parts.annotate(lines_json=lines_in_json(lines))


def _steps(status: str) -> list[str]:
    by_vendor = current_identity().role == Role.SHOPPER
    return [step.value for step in part_steps(status, by_vendor=by_vendor)]


PARTS = Rows(
    columns={
        "id": "id", "number": "number", "order": "order_id", "vendor": "vendor_id",
        "status": "status", "next_steps": made(_steps, "status", schema=STEPS_SCHEMA),
        "tracking_number": "tracking_number", "carrier": "carrier",
        "tracking_url": made(tracking_url, "carrier", "tracking_number", schema=PAGE_SCHEMA),
        "currency": "currency", "subtotal": money("subtotal_minor"),
        "discount": money("discount_minor"), "tax": money("tax_minor"),
        "total": money("total_minor"),
        "lines": made(shown_lines, "lines_json", schema={"type": "array", "items": LINE_SCHEMA}),
        "placed_at": "placed_at", "shipped_at": "shipped_at", "delivered_at": "delivered_at",
        "updated_at": "updated_at",
    },
    expand={
        "vendor": One(VENDORS, Vendor.objects.all, key="vendor_id"),
        "parcel": Parcel(PARCELS, Order.objects.all, key="order_id"),
        "history": Many(PART_HISTORY, OrderPartChange.objects.all, key="part_id"),
    },
    model=OrderPart,
)  # fmt: skip
