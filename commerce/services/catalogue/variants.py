"""Variants of products: added, changed, put in order, taken off sale."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from commerce import locks
from commerce.models import Product, Variant
from commerce.models.options import MOST_VARIANTS
from commerce.services.catalogue.options import checked_combination
from commerce.services.catalogue.prices import set_prices
from core.audit import record_audit
from core.errors import Conflict, Invalid
from core.money import Money

PLAIN = {
    "sku", "barcode", "weight_grams", "position", "is_active", "tracks_stock", "requires_shipping",
}  # fmt: skip


@transaction.atomic
def add_variant(
    *,
    product: Product,
    sku: str,
    prices: list[Money],
    options: Mapping[str, str] | None = None,
    tracks_stock: bool = True,
    requires_shipping: bool = True,
    barcode: str = "",
    weight_grams: int | None = None,
) -> Variant:
    """A new variant with its prices, one a currency; options it is the first to name are added.

    Raises Conflict when the vendor has this SKU or the product these options already, Invalid for
    two prices in one currency, options that cannot be, or more than MOST_VARIANTS.
    """
    locks.lock_product(product.pk)
    if product.variants.count() >= MOST_VARIANTS:
        raise Invalid(f"A product has {MOST_VARIANTS} variants at most.")
    last = product.variants.aggregate(last=Max("position"))["last"]
    try:
        with transaction.atomic():
            variant = Variant.objects.create(
                product=product,
                vendor_id=product.vendor_id,
                sku=sku,
                barcode=barcode,
                options=checked_combination(product, options or {}),
                position=0 if last is None else last + 1,
                tracks_stock=tracks_stock,
                requires_shipping=requires_shipping,
                weight_grams=weight_grams,
            )
    except IntegrityError as error:
        raise taken(error) from None
    set_prices(variant_id=variant.pk, prices=prices)
    record_audit(action="variant.create", resource=variant, details={"sku": sku})
    return variant


@transaction.atomic
def change_variant(*, variant: Variant, changes: Mapping[str, Any]) -> Variant:
    """Change its SKU, barcode, options, weight, position, or whether it is sold or counted.

    Raises Conflict and Invalid as `add_variant` does; one that is put back on sale finds its
    combination taken when another has it meanwhile.
    """
    strange = set(changes) - PLAIN - {"options"}
    if strange:
        raise TypeError(f"Not of a variant: {', '.join(strange)}")
    product = locks.lock_product(variant.product_id)
    variant.refresh_from_db()
    try:
        with transaction.atomic():
            for name, value in changes.items():
                if name == "options":
                    value = checked_combination(product, value)
                setattr(variant, name, value)
            variant.save(update_fields=[*changes, "updated_at"])
    except IntegrityError as error:
        raise taken(error) from None
    record_audit(action="variant.change", resource=variant, details={"fields": sorted(changes)})
    return variant


@transaction.atomic
def order_variants(*, product: Product, ids: Sequence[UUID]) -> None:
    """The variants in this order. Raises Invalid unless it names each of them once."""
    locks.lock_product(product.pk)
    variants = {variant.pk: variant for variant in product.variants.all()}
    if len(ids) != len(variants) or set(ids) != set(variants):
        raise Invalid("Name each variant once.", details={"variants": ["Each of them once."]})
    for position, key in enumerate(ids):
        variants[key].position = position
    Variant.objects.bulk_update(variants.values(), ["position"])


def taken(error: IntegrityError) -> Conflict:
    """Which of a variant's unique things is there already."""
    if "commerce_variant_combination_once" in str(error):
        return Conflict(
            "This product has a variant with these options.", details={"options": ["Taken."]}
        )
    return Conflict("This vendor has that SKU already.", details={"sku": ["Taken."]})
