"""The saved mapping for the *Online Retail* data set: its headings, and its own rules."""

from commerce.imports.online_retail import COLUMNS, CURRENCY, NAME, VENDOR
from core.bulk.jobs.imports import keep_mapping
from core.enums import BulkKind
from core.models import BulkMapping

FIELDS = (
    "external_id", "sku", "name", "quantity", "placed_at", "unit_price", "customer_external_id",
    "country",
)  # fmt: skip


def ledger_mapping() -> BulkMapping:
    """ "online-retail", as the admin offers it and `manage.py import_orders` uses it."""
    return keep_mapping(
        kind=BulkKind.IMPORT,
        target="orders",
        name=NAME,
        columns=dict(zip(COLUMNS, FIELDS, strict=True)),
        options={
            "platform": NAME,
            "vendor": VENDOR,
            "currency": CURRENCY,
            "rules": NAME,
        },
    )
