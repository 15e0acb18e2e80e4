"""Products as rows, one a variant: five queries for a page of them, whatever its length."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from commerce.bulk.products.columns import CUSTOM, PRICE, PRODUCT_NAMES
from commerce.models import Price, Product, StockItem, Variant
from commerce.services.stock.shelves import default_location_id
from core.bulk.columns import Column
from core.money import Money


def lines_of(ids: Sequence[UUID], columns: Sequence[Column]) -> Iterator[list[Any]]:
    """The cells of these products' variants, in the order of `ids`."""
    products = Product.objects.select_related("vendor", "category").in_bulk(list(ids))
    variants: dict[UUID, list[Variant]] = {}
    for variant in Variant.objects.filter(product__in=ids).order_by("position", "id"):
        variants.setdefault(variant.product_id, []).append(variant)
    keys = [variant.pk for some in variants.values() for variant in some]
    prices = {
        (price.variant_id, price.currency): Money(price.regular_minor, price.currency).decimal
        for price in Price.objects.at().filter(variant_id__in=keys)
    }
    at_home = StockItem.objects.filter(variant_id__in=keys, location_id=default_location_id())
    on_hand = dict(at_home.values_list("variant_id", "on_hand"))
    for pk in ids:
        if product := products.get(pk):
            for variant in variants.get(pk, []):
                yield [_cell(product, variant, c.name, prices, on_hand) for c in columns]


def _cell(
    product: Product,
    variant: Variant,
    name: str,
    prices: dict[tuple[UUID, str], Any],
    on_hand: dict[UUID, int],
) -> Any:
    if name.startswith(PRICE):
        return prices.get((variant.pk, name.removeprefix(PRICE)))
    if name.startswith(CUSTOM):
        return product.custom_fields.get(name.removeprefix(CUSTOM))
    if name == "stock":
        return on_hand.get(variant.pk)
    if name == "vendor":
        return product.vendor.slug
    if name == "category":
        return product.category.path if product.category else None
    return getattr(product if name in PRODUCT_NAMES else variant, name)
