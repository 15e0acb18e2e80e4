"""Variants of products."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from commerce.models import Product, Variant
from commerce.services.catalogue.prices import set_prices
from core.audit import record_audit
from core.errors import Conflict
from core.money import Money


@transaction.atomic
def add_variant(
    *,
    product: Product,
    sku: str,
    prices: list[Money],
    options: Mapping[str, str] | None = None,
    tracks_stock: bool = True,
) -> Variant:
    """A new variant with its prices, one a currency.

    Raises Conflict when the vendor has this SKU or the product these options already, Invalid for
    two prices in one currency.
    """
    try:
        with transaction.atomic():
            variant = Variant.objects.create(
                product=product,
                vendor_id=product.vendor_id,
                sku=sku,
                options=dict(options or {}),
                position=product.variants.count(),
                tracks_stock=tracks_stock,
            )
    except IntegrityError as error:
        raise taken(error) from None
    set_prices(variant_id=variant.pk, prices=prices)
    record_audit(action="variant.create", resource=variant, details={"sku": sku})
    return variant


def taken(error: IntegrityError) -> Conflict:
    """Which of a variant's unique things is there already."""
    if "commerce_variant_combination_once" in str(error):
        return Conflict(
            "This product has a variant with these options.", details={"options": ["Taken."]}
        )
    return Conflict("This vendor has that SKU already.", details={"sku": ["Taken."]})
