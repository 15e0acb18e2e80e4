"""New products, many at once: the same checks as one by one, in a statement a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from commerce.bulk.products.columns import PLAIN_VARIANT
from commerce.bulk.products.known import Known
from commerce.bulk.products.reading import ProductWords, VariantWords
from commerce.custom_fields import merged, missing_in
from commerce.enums import MovementKind, ProductStatus
from commerce.locks import lock_stock
from commerce.models import OptionValue, Price, Product, ProductOption, StockItem, Variant
from commerce.services.catalogue.options import check_words
from commerce.services.catalogue.sale import NO_PRICE, NO_VARIANT
from commerce.services.stock.movements import Change, move
from commerce.services.stock.shelves import default_location_id
from core.database.clock import statement_time
from core.database.many import settled
from core.errors import Invalid
from core.ids import new_id

OF_PRODUCT = ("name", "slug", "description", "service", "status", "tax_class")
NOT_OURS = ("vendor", "category", "product")  # foreign keys, which are rows already


@dataclass(slots=True)
class Newcomers:
    """What a batch adds, until it is written."""

    products: list[Product] = field(default_factory=list)
    options: list[ProductOption] = field(default_factory=list)
    words: list[OptionValue] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)
    stock: list[tuple[Variant, int]] = field(default_factory=list)

    def add(self, words: ProductWords, known: Known) -> None:
        """Check a new product and put it beside the others. Raises Invalid, ValidationError."""
        product = self._product(words, known)
        made = [_variant(product, row, place) for place, row in enumerate(words.variants)]
        options, values = _options(product, made)
        prices = [
            Price(
                variant=variant,
                currency=price.currency,
                amount_minor=price.minor,
            )
            for variant, row in zip(made, words.variants, strict=True)
            for price in row.prices.values()
            if price is not None
        ]
        _check_sale(product, made, prices)
        self.products.append(product)
        self.variants += made
        self.options += options
        self.words += values
        self.prices += prices
        self.stock += [
            (variant, row.values["stock"])
            for variant, row in zip(made, words.variants, strict=True)
            if row.values.get("stock") is not None
        ]

    def write(self, source: str) -> None:
        """All of it, in the caller's transaction."""
        if not self.products:
            return
        Product.objects.bulk_create(settled(self.products))
        ProductOption.objects.bulk_create(settled(self.options))
        OptionValue.objects.bulk_create(settled(self.words))
        Variant.objects.bulk_create(settled(self.variants))
        now = statement_time()
        for price in self.prices:
            price.valid_from = now
        Price.objects.bulk_create(settled(self.prices))
        put_on_shelves(self.stock, source)

    def _product(self, words: ProductWords, known: Known) -> Product:
        values = {
            name: words.values[name] for name in OF_PRODUCT if words.values.get(name) is not None
        }
        if not values.get("name"):
            raise Invalid("Name is needed for a new product.")
        values["slug"] = values.get("slug") or slugify(values["name"])[:120]
        if not values["slug"]:
            raise Invalid("Slug is needed: the name has no letters for one.")
        vendor = known.vendor(words.values["vendor"])
        path = words.values.get("category")
        category = known.category(path) if path else None
        product = Product(id=new_id(), vendor=vendor, category=category, **values)
        fields = known.fields_of(category)
        given = {key: value for key, value in words.custom.items() if value is not None}
        product.custom_fields = merged(fields, given=given, held={})
        product.clean_fields(exclude=NOT_OURS)
        if product.status == ProductStatus.ACTIVE:
            missing = missing_in(fields, product.custom_fields)
            if missing:
                raise Invalid(f"A product on sale must say: {', '.join(missing)}.")
        return product


def put_on_shelves(stock: Sequence[tuple[Variant, int]], source: str) -> None:
    """First pieces of new variants, each with its movement."""
    if not stock:
        return
    place = default_location_id()
    rows = [StockItem(id=new_id(), variant=variant, location_id=place) for variant, _ in stock]
    StockItem.objects.bulk_create(settled(rows))
    items = lock_stock([variant.pk for variant, _ in stock])
    move(
        [Change(items[variant.pk][0], on_hand=pieces) for variant, pieces in stock if pieces],
        kind=MovementKind.RECEIVE,
        source=source,
    )


def _variant(product: Product, row: VariantWords, place: int) -> Variant:
    values = {name: row.values[name] for name in PLAIN_VARIANT if row.values.get(name) is not None}
    values.setdefault("position", place)
    variant = Variant(
        id=new_id(), product=product, vendor_id=product.vendor_id, sku=row.sku, **values
    )
    try:
        variant.clean_fields(exclude=NOT_OURS)
    except ValidationError as error:
        raise Invalid(f"Row {row.number}: {' '.join(error.messages)}") from None
    return variant


def _options(
    product: Product, variants: Sequence[Variant]
) -> tuple[list[ProductOption], list[OptionValue]]:
    """The words the variants are chosen by, in the order in which they are first said."""
    words: dict[str, list[str]] = {}
    for variant in variants:
        for name, value in variant.options.items():
            known = words.setdefault(name, [])
            if value not in known:
                known.append(value)
    check_words(words)
    options = [
        ProductOption(id=new_id(), product=product, name=name, position=place)
        for place, name in enumerate(words)
    ]
    values = [
        OptionValue(id=new_id(), option=option, value=value, position=place)
        for option in options
        for place, value in enumerate(words[option.name])
    ]
    return options, values


def _check_sale(product: Product, variants: Sequence[Variant], prices: Sequence[Price]) -> None:
    if product.status != ProductStatus.ACTIVE:
        return
    sold = {variant.pk for variant in variants if variant.is_active}
    if not sold:
        raise Invalid(f"It cannot go on sale yet. It lacks: {NO_VARIANT}")
    if sold - {price.variant_id for price in prices}:
        raise Invalid(f"It cannot go on sale yet. It lacks: {NO_PRICE}")
