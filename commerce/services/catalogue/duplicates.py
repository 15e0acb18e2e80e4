"""A product once more, as a draft to change."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from commerce import locks
from commerce.enums import ProductStatus
from commerce.models import (
    OptionValue,
    Price,
    Product,
    ProductMedia,
    ProductOption,
    ProductTranslation,
    Variant,
)
from commerce.services.catalogue.combinations import free_sku
from commerce.services.catalogue.price_rows import now
from core.audit import record_audit
from core.ids import new_id
from core.models import BaseModel

SLUG_LENGTH = 120


@transaction.atomic
def duplicate_product(*, product_id: UUID) -> Product:
    """A draft like it: options, variants with new SKUs and today's regular prices, translations,
    pictures (the same files), custom fields. Sales, planned prices and stock are not taken along.
    """
    original = locks.lock_product(product_id)
    copy = Product.objects.get(pk=original.pk)
    _renew(copy)
    copy.name = f"{original.name[:192]} (copy)"
    copy.slug = _free_slug(original)
    copy.status = ProductStatus.DRAFT
    copy.save(force_insert=True)
    for option in ProductOption.objects.filter(product=original).prefetch_related("values"):
        values = list(option.values.all())
        _renew(option)
        option.product = copy
        option.save(force_insert=True)
        for value in values:
            _renew(value)
            value.option = option
        OptionValue.objects.bulk_create(values)
    variants = _copy_variants(original, copy)
    translations = list(ProductTranslation.objects.filter(product=original))
    for translation in translations:
        _renew(translation)
        translation.product = copy
    ProductTranslation.objects.bulk_create(translations)
    pictures = list(ProductMedia.objects.filter(product=original, removed_at__isnull=True))
    for picture in pictures:
        _renew(picture)
        picture.product = copy
        picture.variant_id = variants.get(picture.variant_id) if picture.variant_id else None
    ProductMedia.objects.bulk_create(pictures)
    record_audit(
        action="product.duplicate", resource=copy, details={"of": f"product:{original.pk}"}
    )
    return copy


def _copy_variants(original: Product, copy: Product) -> dict[UUID, UUID]:
    """The new key of each variant."""
    variants = list(Variant.objects.filter(product=original))
    stems = Q()
    for variant in variants:
        stems |= Q(sku__startswith=f"{variant.sku[:50]}-COPY")
    of_vendor = Variant.objects.filter(vendor_id=original.vendor_id)
    taken = set(of_vendor.filter(stems).values_list("sku", flat=True)) if variants else set()
    keys: dict[UUID, UUID] = {}
    for variant in variants:
        before = variant.pk
        _renew(variant)
        keys[before] = variant.pk
        variant.product = copy
        variant.sku = free_sku(f"{variant.sku[:50]}-COPY", taken)
        variant.barcode = ""  # a barcode is of one thing
    Variant.objects.bulk_create(variants)
    since = now()
    Price.objects.bulk_create(
        Price(
            variant_id=keys[price.variant_id],
            currency=price.currency,
            amount_minor=price.regular_minor,
            valid_from=since,
        )
        for price in Price.objects.at().filter(variant__in=keys)
    )
    return keys


def _renew(row: BaseModel) -> None:
    row.pk = new_id()
    row._state.adding = True  # noqa: SLF001 - as Django says to copy a row


def _free_slug(original: Product) -> str:
    stem = original.slug[: SLUG_LENGTH - 10]
    taken = set(
        Product.objects.filter(vendor_id=original.vendor_id, slug__startswith=stem).values_list(
            "slug", flat=True
        )
    )
    number = 1
    slug = f"{stem}-copy"
    while slug in taken:
        number += 1
        slug = f"{stem}-copy-{number}"
    return slug
