"""The rows of a product: what they say of it together, and of each variant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from commerce.bulk.products.columns import CUSTOM, PRODUCT_NAMES, custom_in, prices_in
from commerce.models.options import MOST_VARIANTS
from core.bulk.targets import SourceRow
from core.errors import Invalid
from core.money import Money, MoneyError


@dataclass(slots=True)
class VariantWords:
    """One row: a variant as the file has it. Prices that are None are to end."""

    number: int
    sku: str
    values: dict[str, Any]
    prices: dict[str, Money | None] = field(default_factory=dict)


@dataclass(slots=True)
class ProductWords:
    """A product as the file has it; only what was said is there."""

    values: dict[str, Any]
    custom: dict[str, Any]
    variants: list[VariantWords]


def product_words(rows: Sequence[SourceRow], *, vendor: str) -> ProductWords:
    """All rows of one product. Raises Invalid for what contradicts itself."""
    if len(rows) > MOST_VARIANTS:
        raise Invalid(f"A product has {MOST_VARIANTS} variants at most, not {len(rows)}.")
    said: dict[str, Any] = {}
    for row in rows:
        for name, value in row.values.items():
            if name not in PRODUCT_NAMES and not name.startswith(CUSTOM):
                continue
            if name in said and said[name] != value:
                raise Invalid(
                    f"{name} is {str(said[name])[:60]!r} in one row and {str(value)[:60]!r} in row "
                    f"{row.number} of the same product."
                )
            said[name] = value
    said["vendor"] = said.get("vendor") or vendor
    if not said["vendor"]:
        raise Invalid("Vendor is needed.")
    variants = [_variant(row) for row in rows]
    skus = [variant.sku for variant in variants]
    if twice := {sku for sku in skus if skus.count(sku) > 1}:
        raise Invalid(f"SKU {sorted(twice)[0]!r} stands in two rows.")
    custom = custom_in(said)
    values = {name: value for name, value in said.items() if not name.startswith(CUSTOM)}
    return ProductWords(values, custom, variants)


def _variant(row: SourceRow) -> VariantWords:
    prices: dict[str, Money | None] = {}
    for currency, amount in prices_in(row.values).items():
        try:
            prices[currency] = None if amount is None else Money.parse(amount, currency)
        except MoneyError as error:
            raise Invalid(f"Row {row.number}: {error}") from None
        price = prices[currency]
        if price is not None and price.minor < 0:
            raise Invalid(f"Row {row.number}: a price is not below zero.")
    plain = {
        name: value
        for name, value in row.values.items()
        if name not in PRODUCT_NAMES and not name.startswith((CUSTOM, "price_")) and name != "sku"
    }
    return VariantWords(row.number, row.values["sku"], plain, prices)


def key_of(cells: Mapping[str, str], vendor: str) -> str:
    """By what rows belong together: the vendor's slug for the product, else the SKU alone."""
    whose = cells.get("vendor", "").strip() or vendor
    slug, sku = cells.get("slug", "").strip(), cells.get("sku", "").strip()
    return f"{whose}/{slug}" if slug else f"{whose}#{sku}"
