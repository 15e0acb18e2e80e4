"""What hangs on the products of a page: variants with prices and stock, texts in other languages.

One statement each for however many products, written by hand: as plain rows, not as JSON made by
the database, they cost a third of what subqueries for every product cost (benchmarks/products.py).
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection

from commerce.api.media_rows import media_of
from commerce.wording import Wording
from core.api.rows import Fill
from core.api.rows.columns import amount_json

Row = dict[str, Any]

VARIANTS = """
SELECT v.product_id, v.id, v.sku, v.options::text, v.is_active, v.weight_grams,
       CASE WHEN v.tracks_stock THEN coalesce(s.free, 0) END,
       p.currency, p.amount_minor, p.compare_at_minor,
       CASE WHEN p.compare_at_minor IS NOT NULL THEN p.valid_to END
FROM commerce_variant v
LEFT JOIN LATERAL (
    SELECT sum(greatest(i.on_hand + i.backorder_limit - i.reserved - i.allocated, 0)) AS free
    FROM commerce_stockitem i JOIN commerce_stocklocation l ON l.id = i.location_id
    WHERE i.variant_id = v.id AND l.is_active
) s ON true
LEFT JOIN commerce_price p ON p.variant_id = v.id AND p.valid_from <= statement_timestamp()
     AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
WHERE v.product_id = ANY(%s) AND v.is_active >= %s
ORDER BY v.product_id, v.position, v.id, p.currency
"""
OPTIONS = """
SELECT o.product_id, o.name, array(SELECT value FROM commerce_optionvalue v
                                   WHERE v.option_id = o.id ORDER BY v.position, v.id)
FROM commerce_productoption o WHERE o.product_id = ANY(%s)
ORDER BY o.product_id, o.position, o.id
"""


def fill(rows: dict[UUID, Row], names: Collection[str]) -> None:
    """Put in what is shown of these."""
    wording = Wording(rows)
    wording.put_into(rows)
    if "variants" in names:
        for product_id, variants in variants_of(list(rows), wording).items():
            rows[product_id]["variants"] = variants
    if "media" in names:
        for product_id, media in media_of(list(rows)).items():
            rows[product_id]["media"] = media
    if "options" in names:
        for row in rows.values():
            row["options"] = []
        for product_id, name, values in _rows(OPTIONS, list(rows)):
            word = wording.of_option
            rows[product_id]["options"].append(
                {
                    "name": word(product_id, name),
                    "values": [word(product_id, value) for value in values],
                }
            )


def variants_of(
    product_ids: list[UUID], wording: Wording | None = None, *, retired: bool = False
) -> dict[UUID, list[Row]]:
    """The variants of products, in their order, at the prices of this moment; those taken off
    sale only when they are asked for (`retired`). Products without any have an empty list."""
    wording = wording or Wording(product_ids)
    made: dict[UUID, list[Row]] = {product_id: [] for product_id in product_ids}
    last: UUID | None = None
    prices: list[Row] = []
    for (
        product_id, variant_id, sku, options, active, weight, free, currency, minor, was, until,
    ) in _rows(VARIANTS, product_ids, not retired):  # fmt: skip
        if variant_id != last:
            last, prices = variant_id, []
            made[product_id].append(
                {
                    "id": variant_id,
                    "sku": sku,
                    "options": wording.of_options(product_id, options),
                    "active": active,
                    "weight_grams": weight,
                    "available": free,
                    "prices": prices,
                }
            )
        if currency is not None:
            price: Row = amount_json(minor, currency)
            if was is not None:
                price |= {"compare_at": amount_json(was, currency), "until": until}
            prices.append(price)
    return made


def _rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


DETAILS = Fill(frozenset({"name", "description", "variants", "media", "options"}), fill)
