"""What a line of the product list says: picture, variants, prices, stock. Three queries besides
the page's own, however long it is."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter

from commerce.api.product_filters import in_stock
from commerce.models import Category, Price, Product, ProductMedia, Variant
from core.enums import FileKind, ThumbnailState
from core.files.links import path_of
from core.money import Money

STOCK = """
SELECT v.product_id, count(*), bool_or(NOT v.tracks_stock), coalesce(sum(s.free), 0)
FROM commerce_variant v
LEFT JOIN LATERAL (
    SELECT sum(greatest(i.on_hand + i.backorder_limit - i.reserved - i.allocated, 0)) AS free
    FROM commerce_stockitem i JOIN commerce_stocklocation l ON l.id = i.location_id
    WHERE i.variant_id = v.id AND l.is_active
) s ON true
WHERE v.product_id = ANY(%s) AND v.is_active GROUP BY v.product_id
"""
PRICES = """
SELECT v.product_id, p.currency, min(p.amount_minor), max(p.amount_minor),
       bool_or(p.compare_at_minor IS NOT NULL)
FROM commerce_variant v
JOIN commerce_price p ON p.variant_id = v.id AND p.valid_from <= statement_timestamp()
     AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
WHERE v.product_id = ANY(%s) AND v.is_active GROUP BY v.product_id, p.currency
"""
PICTURES = """
SELECT asked.id, first.key, first.mime FROM unnest(%s::uuid[]) AS asked(id)
CROSS JOIN LATERAL (
    SELECT f.key, f.mime, f.thumbnails
    FROM commerce_productmedia m JOIN core_storedfile f ON f.id = m.file_id
    WHERE m.product_id = asked.id AND m.removed_at IS NULL AND m.kind = %s
    ORDER BY m.position, m.id LIMIT 1
) first
WHERE first.thumbnails = %s
"""
EDGE = 96  # pixels; shown at half of it, for sharp screens
SMALL_PICTURE = (
    '<img src="{}" alt="{}" width="40" height="40" loading="lazy" '
    'class="h-10 w-10 max-w-none rounded object-cover">'
)
NO_PICTURE = SafeString(
    '<span class="material-symbols-outlined text-base-300 dark:text-base-600">image</span>'
)


@dataclass(slots=True)
class Figures:
    """Of one product."""

    variants: int = 0
    endless: bool = False  # some variant cannot run out
    free: int = 0
    picture: str = ""  # the address of the first one, made small
    prices: dict[str, tuple[int, int, bool]] = field(default_factory=dict)

    @property
    def price_range(self) -> str:
        """In the house's currency if it is sold in it: "12.00 to 19.00 EUR, 2 more"."""
        if not self.prices:
            return "No price"
        base = settings.BASE_CURRENCY
        currency = base if base in self.prices else min(self.prices)
        low, high, sale = self.prices[currency]
        text = str(Money(low, currency))
        if high != low:
            text = f"{Money(low, currency).decimal:,f} to {Money(high, currency).readable}"
        others = len(self.prices) - 1
        return text + (f", {others} more" if others else "") + (" · sale" if sale else "")

    @property
    def stock(self) -> str:
        """Pieces that can be sold."""
        if self.endless:
            return "Always" if not self.free else f"{self.free:,}, always"
        return f"{self.free:,}" if self.variants else "–"


def figures_of(product_ids: list[UUID]) -> dict[UUID, Figures]:
    """By product."""
    made = {product_id: Figures() for product_id in product_ids}
    with connection.cursor() as cursor:
        cursor.execute(STOCK, [product_ids])
        for product_id, variants, endless, free in cursor.fetchall():
            found = made[product_id]
            found.variants, found.endless, found.free = variants, endless, int(free)
        cursor.execute(PRICES, [product_ids])
        for product_id, currency, low, high, sale in cursor.fetchall():
            made[product_id].prices[currency] = (low, high, sale)
        cursor.execute(PICTURES, [product_ids, FileKind.IMAGE, ThumbnailState.READY])
        for product_id, key, mime in cursor.fetchall():
            made[product_id].picture = path_of(key, mime, EDGE)
    return made


class ProductChangeList(ChangeList):
    """Each product of the page has its `figures`."""

    def get_results(self, request: HttpRequest) -> None:
        """The page, then its figures."""
        super().get_results(request)
        products: list[Any] = list(self.result_list)
        figures = figures_of([product.pk for product in products])
        for product in products:
            product.on_shelf = figures[product.pk]
        self.result_list = products


class Wants(DropdownFilter):
    """Products as people look for them."""

    title = "what to look at"
    parameter_name = "wants"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The questions."""
        return [
            ("out", "Out of stock"),
            ("in", "In stock"),
            ("no_price", "Without a price"),
            ("no_variant", "Without a variant"),
            ("no_picture", "Without a picture"),
            ("sale", "In a sale now"),
            ("no_category", "Without a category"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        """The answers."""
        condition = _CONDITIONS.get(self.value() or "")
        return queryset.filter(condition()) if condition else queryset


def _sold() -> QuerySet[Variant]:
    return Variant.objects.filter(product=OuterRef("pk"), is_active=True)


def _priced() -> QuerySet[Price]:
    return Price.objects.at().filter(variant__product=OuterRef("pk"), variant__is_active=True)


def _pictured() -> QuerySet[ProductMedia]:
    return ProductMedia.objects.filter(
        product=OuterRef("pk"), removed_at__isnull=True, kind="image"
    )


_CONDITIONS = {
    "out": lambda: ~in_stock(),
    "in": lambda: in_stock(),
    "no_price": lambda: ~Exists(_priced()),
    "no_variant": lambda: ~Exists(_sold()),
    "no_picture": lambda: ~Exists(_pictured()),
    "sale": lambda: Exists(_priced().filter(compare_at_minor__isnull=False)),
    "no_category": lambda: Q(category__isnull=True),
}


class BranchFilter(AutocompleteSelectFilter):
    """A category and all below it."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        """By path."""
        try:
            chosen = Category.objects.filter(pk=self.value()).first() if self.value() else None
        except (ValueError, TypeError, admin.options.IncorrectLookupParameters):
            chosen = None
        if chosen is None:
            return super().queryset(request, queryset)
        return queryset.filter(Q(category=chosen) | Q(category__path__startswith=f"{chosen.path}/"))
