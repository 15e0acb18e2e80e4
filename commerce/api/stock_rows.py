"""What stock looks like in the API."""

from django.db.models import F, Q, QuerySet

from commerce.models import StockItem, StockLocation, StockMovement
from core.api.rows import Column, Rows

WHOLE = {"type": "integer"}

LOCATIONS = Rows(
    columns={
        "id": "id", "name": Column(("name",), schema={"type": "string"}), "country": "country",
        "vendor": "vendor_id", "priority": "priority", "is_active": "is_active",
        "is_default": "is_default", "created_at": "created_at",
    },
    model=StockLocation,
)  # fmt: skip
STOCK = Rows(
    columns={
        "id": "id", "variant": "variant_id", "sku": "variant__sku",
        "product": "variant__product_id", "product_name": "variant__product__name",
        "vendor": "variant__vendor_id", "location": "location_id",
        "location_name": "location__name", "on_hand": "on_hand", "reserved": "reserved",
        "allocated": "allocated", "available": Column(("left",), schema=WHOLE),
        "backorder_limit": "backorder_limit", "low_at": "low_at",
        "low": Column(("low",), schema={"type": "boolean"}), "low_since": "low_since",
        "out_since": "out_since", "updated_at": "updated_at",
    },
    model=StockItem,
)  # fmt: skip
MOVEMENTS = Rows(
    columns={
        "id": "id", "kind": "kind", "on_hand_change": "on_hand_change",
        "reserved_change": "reserved_change", "allocated_change": "allocated_change",
        "source": "source", "reason": "reason", "at": "at",
    },
    model=StockMovement,
)  # fmt: skip


def with_figures(items: QuerySet[StockItem]) -> QuerySet[StockItem]:
    """What STOCK reads besides columns."""
    left = F("on_hand") + F("backorder_limit") - F("reserved") - F("allocated")
    return items.annotate(left=left, low=Q(low_since__isnull=False))
