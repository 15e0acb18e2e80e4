"""A product that is there, against the file: what differs, written through the services."""

from typing import Any
from uuid import UUID

from commerce.bulk.products.columns import PLAIN_PRODUCT, PLAIN_VARIANT
from commerce.bulk.products.known import Known
from commerce.bulk.products.reading import ProductWords, VariantWords
from commerce.custom_fields import merged
from commerce.models import Product, Variant
from commerce.services.catalogue.prices import end_price, set_price
from commerce.services.catalogue.products import change_product
from commerce.services.catalogue.variants import add_variant, change_variant
from commerce.services.stock import count_stock
from core.audit import record_audit
from core.bulk.targets import Changes, Verdict
from core.enums import BulkOutcome
from core.errors import Invalid


def change(product: Product, words: ProductWords, known: Known, source: str) -> Verdict:
    """Bring the product to what the file says of it; what it does not say stays.

    Raises what the services raise: the caller undoes the whole product then.
    """
    changes: Changes = {}
    rows: dict[int, tuple[BulkOutcome, str]] = {}
    _product(product, words, known, changes)
    for row in words.variants:
        variant = known.variants.get((product.vendor_id, row.sku))
        if variant is None:
            _add(product, row, source)
            rows[row.number] = (BulkOutcome.NEW, "")
        elif variant.product_id != product.pk:
            raise Invalid(f"SKU {row.sku!r} is of another product.")
        else:
            _variant(variant, row, known, changes, source)
    _trace(product, changes, source)
    if not changes and not rows:
        return Verdict(BulkOutcome.UNCHANGED)
    if not changes:
        return Verdict(BulkOutcome.UNCHANGED, rows=rows)
    return Verdict(BulkOutcome.CHANGED, changes=changes, rows=rows)


def _trace(product: Product, changes: Changes, source: str) -> None:
    """What was charged and what lay there before stays on record, by the file that changed it."""
    told = {
        name: values
        for name, values in changes.items()
        if " price " in name or name.endswith(" stock")
    }
    if told:
        record_audit(
            action="product.imported", resource=product, details={"file": source, "changes": told}
        )


def _product(product: Product, words: ProductWords, known: Known, changes: Changes) -> None:
    wanted = {name: words.values[name] for name in PLAIN_PRODUCT if name in words.values}
    found: dict[str, Any] = {
        name: value
        for name, value in wanted.items()
        if value is not None and getattr(product, name) != value
    }
    for name, value in found.items():
        changes[name] = [getattr(product, name), value]
    if "category" in words.values:
        path = words.values["category"]
        category = known.category(path) if path else None
        if product.category != category:
            changes["category"] = [product.category.path if product.category else "", path]
            found["category"] = category
    held = product.custom_fields
    category = found.get("category", product.category)
    after = merged(known.fields_of(category), given=words.custom, held=held)
    custom = {key: after.get(key) for key in words.custom if held.get(key) != after.get(key)}
    if custom:
        for key, value in custom.items():
            changes[f"cf.{key}"] = [_shown(held.get(key)), _shown(value)]
        found["custom_fields"] = custom
    if found:
        change_product(product=product, changes=found)


def _variant(
    variant: Variant, row: VariantWords, known: Known, changes: Changes, source: str
) -> None:
    found = {
        name: row.values[name]
        for name in PLAIN_VARIANT
        if name in row.values
        and (row.values[name] is not None or name == "weight_grams")
        and getattr(variant, name) != row.values[name]
    }
    for name, value in found.items():
        changes[f"{row.sku} {name}"] = [_shown(getattr(variant, name)), _shown(value)]
    if found:
        change_variant(variant=variant, changes=found)
    for currency, price in row.prices.items():
        before = known.prices.get((variant.pk, currency))
        if before == price:
            continue
        changes[f"{row.sku} price {currency}"] = [
            f"{before.decimal:f}" if before else "", f"{price.decimal:f}" if price else "",
        ]  # fmt: skip
        if price is None:
            end_price(variant_id=variant.pk, currency=currency)
        else:
            set_price(variant_id=variant.pk, price=price)
    _count(variant.pk, row, known.on_hand.get(variant.pk), changes, source)


def _count(
    variant_id: UUID, row: VariantWords, before: int | None, changes: Changes, source: str
) -> None:
    pieces = row.values.get("stock")
    if pieces is None or pieces == before:
        return
    changes[f"{row.sku} stock"] = [_shown(before), pieces]
    count_stock(variant_id=variant_id, on_hand=pieces, source=source)


def _add(product: Product, row: VariantWords, source: str) -> None:
    variant = add_variant(
        product=product,
        sku=row.sku,
        prices=[price for price in row.prices.values() if price],
        options=row.values.get("options"),
        tracks_stock=row.values.get("tracks_stock") is not False,
    )
    rest = {
        name: row.values[name]
        for name in ("barcode", "position", "is_active", "requires_shipping", "weight_grams")
        if row.values.get(name) is not None and row.values[name] != getattr(variant, name)
    }
    if rest:
        change_variant(variant=variant, changes=rest)
    _count(variant.pk, row, None, {}, source)


def _shown(value: Any) -> Any:
    if value is None:
        return ""
    return value if isinstance(value, str | int) else str(value)
