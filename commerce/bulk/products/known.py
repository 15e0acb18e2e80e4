"""What of a batch of products is there already: a handful of queries for all of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from commerce.bulk.products.reading import ProductWords
from commerce.custom_fields import Field
from commerce.models import Category, Price, Product, StockItem, Variant, Vendor
from commerce.services.custom_fields.of_products import fields_for
from commerce.services.stock.shelves import default_location_id
from core.errors import Invalid
from core.money import Money


@dataclass(slots=True)
class Known:
    """Vendors and categories by their names, products and variants by vendor and name."""

    vendors: dict[str, Vendor] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    products: dict[tuple[UUID, str], Product] = field(default_factory=dict)
    by_id: dict[UUID, Product] = field(default_factory=dict)
    variants: dict[tuple[UUID, str], Variant] = field(default_factory=dict)
    prices: dict[tuple[UUID, str], Money] = field(default_factory=dict)
    on_hand: dict[UUID, int] = field(default_factory=dict)
    _fields: dict[UUID | None, list[Field]] = field(default_factory=dict)

    def fields_of(self, category: Category | None) -> list[Field]:
        """The custom fields that count there, asked once a category and batch."""
        key = category.pk if category else None
        if key not in self._fields:
            self._fields[key] = fields_for(category)
        return self._fields[key]

    def vendor(self, slug: str) -> Vendor:
        """Raises Invalid for one nobody knows."""
        if slug not in self.vendors:
            raise Invalid(f"There is no vendor {slug[:60]!r}.")
        return self.vendors[slug]

    def category(self, path: str) -> Category:
        """Raises Invalid for one nobody knows."""
        if path not in self.categories:
            raise Invalid(f"There is no category {path[:120]!r}; give its path, a/b/c.")
        return self.categories[path]

    def product(self, words: ProductWords) -> Product | None:
        """By slug, else by the SKUs of its rows. Raises Invalid when those are of several."""
        vendor = self.vendor(words.values["vendor"])
        slug = words.values.get("slug")
        if slug:
            return self.products.get((vendor.pk, slug))
        owners = {
            variant.product_id
            for row in words.variants
            if (variant := self.variants.get((vendor.pk, row.sku)))
        }
        if len(owners) > 1:
            raise Invalid("These SKUs belong to several products; give their slugs.")
        return self.by_id.get(owners.pop()) if owners else None


def look_up(batch: Sequence[ProductWords]) -> Known:
    """Everything the batch speaks of that exists."""
    known = Known()
    slugs = {words.values["vendor"] for words in batch}
    known.vendors = {v.slug: v for v in Vendor.objects.filter(slug__in=slugs)}
    paths = {words.values["category"] for words in batch if words.values.get("category")}
    known.categories = {c.path: c for c in Category.objects.filter(path__in=paths)}
    skus = {row.sku for words in batch for row in words.variants}
    vendors = [vendor.pk for vendor in known.vendors.values()]
    for variant in Variant.objects.filter(vendor__in=vendors, sku__in=skus):
        known.variants[variant.vendor_id, variant.sku] = variant
    names = {words.values["slug"] for words in batch if words.values.get("slug")}
    owners = {variant.product_id for variant in known.variants.values()}
    for product in _products(vendors, names, owners):
        known.products[product.vendor_id, product.slug] = product
        known.by_id[product.pk] = product
    _learn_figures(known, [variant.pk for variant in known.variants.values()])
    return known


def _products(vendors: list[UUID], slugs: set[str], ids: set[UUID]) -> Iterable[Any]:
    by_slug = Product.objects.filter(vendor__in=vendors, slug__in=slugs)
    return (by_slug | Product.objects.filter(pk__in=ids)).select_related("category")


def _learn_figures(known: Known, variants: list[UUID]) -> None:
    for price in Price.objects.at().filter(variant_id__in=variants):
        known.prices[price.variant_id, price.currency] = Money(price.regular_minor, price.currency)
    at_home = StockItem.objects.filter(variant_id__in=variants, location_id=default_location_id())
    known.on_hand = dict(at_home.values_list("variant_id", "on_hand"))
