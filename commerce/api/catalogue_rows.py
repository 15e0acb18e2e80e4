"""What vendors, categories, products and variants look like in the API.

Variants with their prices and stock come along as JSON made by the database, so that a page of
products is one query however much hangs on them.
"""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Greatest, JSONObject

from commerce.api.category_rows import CATEGORIES
from commerce.api.custom_fields import CUSTOM_FIELDS
from commerce.api.media_rows import MEDIA_SCHEMA, media_json, shown_media
from commerce.models import Category, Price, Product, StockItem, Variant, Vendor
from core.api.rows import Column, One, Rows, made
from core.api.schema.shapes import MONEY
from core.money import Money

VARIANT_SCHEMA = {
    "type": "object",
    "required": ["id", "sku", "options", "available", "prices"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "sku": {"type": "string"},
        "options": {"type": "object"},
        "available": {
            "type": "integer",
            "nullable": True,
            "description": "Pieces that can be sold; null when it cannot run out",
        },
        "prices": {"type": "array", "items": MONEY},
    },
}

TERMS = Rows(
    columns={
        "contact_name": "contact_name",
        "contact_email": Column(("contact_email",), schema={"type": "string"}),
        "contact_phone": "contact_phone", "language": "language", "status_reason": "status_reason",
        "payout_currency": "payout_currency",
        "commission_bps": "commission_bps", "created_at": "created_at",
    },
    model=Vendor,
)  # fmt: skip


VENDORS = Rows(
    columns={
        "id": "id", "name": "name", "slug": "slug", "country": "country", "status": "status",
    },
    expand={"terms": One(TERMS, Vendor.objects.all, key="terms_of")},
    model=Vendor,
)  # fmt: skip


def free_pieces(key: str = "pk") -> QuerySet[StockItem]:
    """What can be sold of the variant of the outer query, at all locations that are open."""
    left = F("on_hand") + F("backorder_limit") - F("reserved") - F("allocated")
    return (
        StockItem.objects.filter(variant=OuterRef(key), location__is_active=True)
        .order_by()
        .values("variant")
        .annotate(left=Sum(Greatest(left, 0)))
        .values("left")
    )


def variants_json(key: str = "pk") -> ArraySubquery:
    """The active variants of the product of the outer query, each with prices and stock."""
    prices = (
        Price.objects.at()
        .filter(variant=OuterRef("pk"))
        .order_by("currency")
        .values(json=JSONObject(minor="amount_minor", currency="currency"))
    )
    variants = (
        Variant.objects.filter(product=OuterRef(key), is_active=True)
        .order_by("position", "pk")
        .values(
            json=JSONObject(
                id="id",
                sku="sku",
                options="options",
                tracks_stock="tracks_stock",
                free=Subquery(free_pieces()),
                prices=ArraySubquery(prices),
            )
        )
    )
    return ArraySubquery(variants)


def shown_variant(variant: dict[str, Any]) -> dict[str, Any]:
    """From the database's JSON to the contract's."""
    return {
        "id": variant["id"],
        "sku": variant["sku"],
        "options": variant["options"],
        "available": (variant["free"] or 0) if variant["tracks_stock"] else None,
        "prices": [Money(p["minor"], p["currency"]).as_json() for p in variant["prices"]],
    }


def _shown_variants(variants: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return [shown_variant(variant) for variant in variants or []]


def with_variants(products: QuerySet[Product]) -> QuerySet[Product]:
    """What PRODUCTS reads."""
    return products.annotate(variants_json=variants_json(), media_json=media_json())


PRODUCTS = Rows(
    columns={
        "id": "id", "name": "name", "slug": "slug", "description": "description",
        "status": "status", "service": "service", "vendor": "vendor_id",
        "category": "category_id", "custom_fields": CUSTOM_FIELDS,
        "created_at": "created_at", "updated_at": "updated_at",
        "variants": made(
            _shown_variants, "variants_json", schema={"type": "array", "items": VARIANT_SCHEMA}
        ),
        "media": made(shown_media, "media_json", schema={"type": "array", "items": MEDIA_SCHEMA}),
    },
    expand={
        "vendor": One(VENDORS, Vendor.objects.all, key="vendor_id"),
        "category": One(CATEGORIES, Category.objects.all, key="category_id"),
    },
    model=Product,
)  # fmt: skip
