"""What vendors, categories, products and variants look like in the API.

What hangs on products is put in by commerce/api/product_details.py, for a whole page at once.
"""

from commerce.api.category_rows import CATEGORIES
from commerce.api.custom_fields import CUSTOM_FIELDS
from commerce.api.media_rows import MEDIA_SCHEMA
from commerce.api.product_details import DETAILS
from commerce.models import Category, Product, Vendor
from core.api.rows import Column, One, Rows, filled
from core.api.schema.shapes import MONEY, MONEY_SHAPE

PRICE_SCHEMA = {
    **MONEY_SHAPE,
    "description": "What it costs now; in a sale with the regular price and its end, if it has one",
    "properties": {
        **MONEY_SHAPE["properties"],
        "compare_at": MONEY,
        "until": {"type": "string", "format": "date-time", "nullable": True},
    },
}
VARIANT_SCHEMA = {
    "type": "object",
    "required": ["id", "sku", "options", "active", "weight_grams", "available", "prices"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "sku": {"type": "string"},
        "options": {"type": "object", "description": '{"Size": "M"}, in the language that is read'},
        "active": {"type": "boolean", "description": "False: taken off sale, kept for old orders"},
        "weight_grams": {"type": "integer", "nullable": True},
        "available": {
            "type": "integer",
            "nullable": True,
            "description": "Pieces that can be sold; null when it cannot run out",
        },
        "prices": {"type": "array", "items": PRICE_SCHEMA},
    },
}
OPTION_SCHEMA = {
    "type": "object",
    "required": ["name", "values"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "values": {"type": "array", "items": {"type": "string"}},
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


COLUMNS: dict[str, str | Column] = {
    "id": "id", "name": "name", "slug": "slug", "description": "description",
    "status": "status", "service": "service", "vendor": "vendor_id",
    "category": "category_id", "custom_fields": CUSTOM_FIELDS,
    "created_at": "created_at", "updated_at": "updated_at",
    "variants": filled({"type": "array", "items": VARIANT_SCHEMA}),
    "media": filled({"type": "array", "items": MEDIA_SCHEMA}),
}  # fmt: skip
EXPAND = {
    "vendor": One(VENDORS, Vendor.objects.all, key="vendor_id"),
    "category": One(CATEGORIES, Category.objects.all, key="category_id"),
}
PRODUCTS = Rows(columns=COLUMNS, expand=EXPAND, model=Product, fill=DETAILS)
PRODUCT = Rows(
    columns=COLUMNS | {"options": filled({"type": "array", "items": OPTION_SCHEMA})},
    expand=EXPAND,
    model=Product,
    fill=DETAILS,
)
"""One product: what a shopper chooses by, besides what a list shows."""
