"""What an order looks like in the API."""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject

from commerce.api.figures import RATE
from commerce.carriers import tracking_url
from commerce.enums import OrderStatus, may_follow
from commerce.models import Order, OrderLine, OrderPart, OrderStatusChange
from commerce.pricing.rounding import percent_text
from core.api.rows import Column, Many, One, Rows, made, money
from core.api.schema.shapes import MONEY
from core.identity import acting_as_system
from core.money import Money
from crm.models import Customer

LINE_SCHEMA = {
    "type": "object",
    "required": [
        "id", "variant", "vendor", "sku", "name", "quantity", "unit_price", "total", "discount",
        "tax", "included_tax", "tax_rate", "tax_name",
    ],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "variant": {"type": "string", "format": "uuid", "nullable": True},
        "vendor": {"type": "string", "format": "uuid"},
        "sku": {"type": "string"},
        "name": {"type": "string"},
        "quantity": {"type": "integer"},
        "unit_price": MONEY,
        "total": {"description": "Before discount and added tax", **MONEY},
        "discount": MONEY,
        "tax": {"description": "Added to the price", **MONEY},
        "included_tax": {"description": "Contained in the price", **MONEY},
        "tax_rate": RATE,
        "tax_name": {"type": "string"},
    },
}  # fmt: skip
METHOD_SCHEMA = {
    "anyOf": [
        {
            "type": "object",
            "required": ["code", "name"],
            "additionalProperties": False,
            "properties": {"code": {"type": "string"}, "name": {"type": "string"}},
        },
        {"type": "null"},
    ]
}
EMAIL = Column(("email",), schema={"type": "string", "description": "Empty for some old orders"})
PREVIOUS_SCHEMA = {
    "anyOf": [
        {"type": "string", "enum": OrderStatus.values},
        {"type": "null", "description": "When it was placed"},
    ]
}
PAGE_SCHEMA = {"type": "string", "description": "The carrier's page of the parcel, or empty"}
RATE_SCHEMA = {
    "type": "string",
    "nullable": True,
    "description": "So many of the base currency for one of the order's; null: not known yet",
}
STEPS_SCHEMA = {"type": "array", "items": {"type": "string"}}


def _or_none(text: str) -> str | None:
    return text or None


HISTORY = Rows(
    columns={
        "previous": made(_or_none, "previous", schema=PREVIOUS_SCHEMA), "status": "status",
        "at": "at", "actor": "actor_id", "reason": "reason",
    },
    model=OrderStatusChange,
)  # fmt: skip
PART_OF_ORDER = Rows(
    columns={
        "id": "id", "number": "number", "vendor": "vendor_id", "status": "status",
        "carrier": "carrier", "tracking_number": "tracking_number",
        "tracking_url": made(tracking_url, "carrier", "tracking_number", schema=PAGE_SCHEMA),
        "total": money("total_minor"), "shipped_at": "shipped_at", "delivered_at": "delivered_at",
    },
    model=OrderPart,
)  # fmt: skip
CUSTOMERS = Rows(
    columns={"id": "id", "name": "name", "email": "email", "country": "country"}, model=Customer
)


def lines_in_json(lines: QuerySet[OrderLine]) -> ArraySubquery:
    """What `shown_lines` reads of these lines, in their order."""
    return ArraySubquery(
        lines.order_by("position").values(
            json=JSONObject(
                id="id",
                variant="variant_id",
                vendor="vendor_id",
                sku="sku",
                name="name",
                quantity="quantity",
                unit="unit_price_minor",
                total="total_minor",
                discount="discount_minor",
                tax="tax_minor",
                included_tax="included_tax_minor",
                tax_rate=Cast("tax_rate", TextField()),
                tax_name="tax_name",
                currency="currency",
            )
        )
    )


def with_lines(orders: QuerySet[Order]) -> QuerySet[Order]:
    """What ORDERS reads; lines come along in the same query."""
    lines = OrderLine.objects.filter(order=OuterRef("pk"))
    return orders.annotate(lines_json=lines_in_json(lines))


def shown_lines(lines: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Lines as read by `with_lines`, with their money."""
    return [
        {
            "id": line["id"],
            "variant": line["variant"],
            "vendor": line["vendor"],
            "sku": line["sku"],
            "name": line["name"],
            "quantity": line["quantity"],
            "unit_price": Money(line["unit"], line["currency"]).as_json(),
            **{
                name: Money(line[name], line["currency"]).as_json()
                for name in ("total", "discount", "tax", "included_tax")
            },
            "tax_rate": percent_text(Decimal(line["tax_rate"])),
            "tax_name": line["tax_name"],
        }
        for line in lines or []
    ]


def _plain(rate: Decimal | None) -> str | None:
    return None if rate is None else f"{rate.normalize():f}"


def _method(code: str, name: str) -> dict[str, str] | None:
    return {"code": code, "name": name} if code else None


def _steps(status: str) -> list[str]:
    return [step.value for step in may_follow(status)]


ORDERS = Rows(
    columns={
        "id": "id", "number": "number", "status": "status", "payment_status": "payment_status",
        "email": EMAIL, "customer": "customer_id", "country": "country",
        "currency": "currency", "subtotal": money("subtotal_minor"),
        "discount": money("discount_minor"), "shipping": money("shipping_minor"),
        "base_total": money("base_total_minor", "base_currency"),
        "exchange_rate": made(_plain, "exchange_rate", schema=RATE_SCHEMA),
        "rate_date": "rate_date",
        "tax": money("tax_minor"), "included_tax": money("included_tax_minor"),
        "total": money("total_minor"), "coupon_code": "coupon_code", "tax_note": "tax_note",
        "shipping_method": made(
            _method, "shipping_method", "shipping_method_name", schema=METHOD_SCHEMA
        ),
        "shipping_address": "shipping_address", "billing_address": "billing_address",
        "lines": made(
            shown_lines, "lines_json", schema={"type": "array", "items": LINE_SCHEMA}
        ),
        "next_steps": made(_steps, "status", schema=STEPS_SCHEMA),
        "tracking_number": "tracking_number", "carrier": "carrier",
        "tracking_url": made(tracking_url, "carrier", "tracking_number", schema=PAGE_SCHEMA),
        "notes": "notes", "source": "source", "external_platform": "external_platform",
        "external_id": "external_id", "revision": "revision", "archived_at": "archived_at",
        "placed_at": "placed_at", "paid_at": "paid_at", "shipped_at": "shipped_at",
        "delivered_at": "delivered_at", "updated_at": "updated_at",
    },
    expand={
        "customer": One(CUSTOMERS, Customer.objects.all, key="customer_id"),
        "history": Many(HISTORY, OrderStatusChange.objects.all, key="order_id"),
        "parts": Many(PART_OF_ORDER, OrderPart.objects.all, key="order_id", order=("position",)),
    },
    model=Order,
)  # fmt: skip


def order_json(order: Order) -> dict[str, Any]:
    """One order for the buyer who has just placed it, and may have no login to read it with."""
    with acting_as_system("checkout"), transaction.atomic():
        return ORDERS.one(with_lines(Order.objects.filter(pk=order.pk)))
