"""Products for the benchmarks: filled by the database out of one row, in the tables as they are."""

from typing import Any

from benchmarks.bare import bare
from benchmarks.ground import asking
from commerce.enums import VendorStatus
from commerce.models import Category, Price, Product, StockItem, Variant, Vendor
from commerce.services.catalogue import add_variant, create_product, place_category
from commerce.services.catalogue.sale import publish_product
from commerce.services.stock import receive_stock
from core.money import Money

VARIANTS = 2  # of a product
DESCRIPTION = (
    "Cast in sand by hand and seasoned with tea, it keeps warm for an hour and pours without a "
    "drop beside the cup. The lid sits tight, the handle stays cool, and the enamel inside is easy "
    "to clean with water alone. Each piece differs a little from the next one; that is how it is "
    "meant."
)
TABLES = (
    "commerce_product", "commerce_variant", "commerce_price", "commerce_stockitem",
    "commerce_productwords",
)  # fmt: skip


def fill(products: int) -> None:
    """Bring the shelf up to so many products with two variants, their prices and their stock."""
    with asking():
        there = Product.objects.count()
    if there >= products:
        return
    with asking():
        _first()
    print(f"Filling the shelf with {products:,} products (once) ...", flush=True)
    with bare(TABLES) as cursor:
        _copy(cursor, max(there, 1), products)


def _first() -> None:
    """One product of each vendor and category that the others are copies of."""
    if Product.objects.exists():
        return
    vendor = Vendor.objects.create(name="Bench", slug="bench", status=VendorStatus.ACTIVE)
    shelf = place_category(Category(name="Bench", slug="bench"))
    product = create_product(
        vendor=vendor, name="Iron teapot 0", slug="product-0", category=shelf,
        description=DESCRIPTION, service="goods",
    )  # fmt: skip
    for number in range(VARIANTS):
        variant = add_variant(
            product=product, sku=f"SKU-0-{number}", prices=[Money(4800 + number, "EUR")],
            options={"Size": "SML"[number]},
        )  # fmt: skip
        receive_stock(variant_id=variant.pk, quantity=20, source="opening")
    publish_product(product_id=product.pk)


def _copy(cursor: Any, there: int, products: int) -> None:
    """Ids are made of the numbers, so that each table finds those of the one above it."""
    ids = {"product": "0197f3a0-0000-7000-8000", "variant": "0197f3a0-0000-7000-9000"}
    product = f"('{ids['product']}-' || lpad(to_hex(n), 12, '0'))::uuid"
    variant = f"('{ids['variant']}-' || lpad(to_hex(n * {VARIANTS} + k), 12, '0'))::uuid"
    span = f"generate_series({there}, {products - 1}) AS n"
    each = f"{span}, generate_series(0, {VARIANTS - 1}) AS k"
    first = "SELECT id FROM commerce_product WHERE slug = 'product-0'"
    of_first = f"SELECT id FROM commerce_variant WHERE product_id = ({first}) AND position = k"
    steps = [
        (Product, {"id": product, "slug": "'product-' || n", "name": "'Iron teapot ' || n"},
         span, f"x.id = ({first})"),
        (Variant, {"id": variant, "product_id": product, "sku": "'SKU-' || n || '-' || k"},
         each, f"x.id = ({of_first})"),
        (Price, {"id": "gen_random_uuid()", "variant_id": variant}, each,
         f"x.variant_id = ({of_first})"),
        (StockItem, {"id": "gen_random_uuid()", "variant_id": variant}, each,
         f"x.variant_id = ({of_first})"),
    ]  # fmt: skip
    for model, changed, rows, where in steps:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({columns(model)}) "
            f"SELECT {columns(model, changed)} FROM {model._meta.db_table} x, {rows} WHERE {where}"
        )
    cursor.execute(
        "INSERT INTO commerce_productwords (product_id, words) SELECT p.id, "
        "strip(to_tsvector('simple', lower(concat_ws(' ', p.name, p.description, v.skus)))) "
        "FROM commerce_product p JOIN (SELECT product_id, string_agg(sku, ' ') AS skus "
        "FROM commerce_variant GROUP BY product_id) v ON v.product_id = p.id "
        f"WHERE p.id >= ('{ids['product']}-' || lpad(to_hex({there}), 12, '0'))::uuid "
        "ON CONFLICT DO NOTHING"
    )


def columns(model: Any, changed: dict[str, str] | None = None) -> str:
    """The stored columns of a model, some of them as other SQL."""
    stored = [field.column for field in model._meta.concrete_fields if not field.generated]
    return ", ".join(
        (changed or {}).get(column, f"x.{column}" if changed else column) for column in stored
    )
