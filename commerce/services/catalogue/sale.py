"""Products on sale, in the drawer, in the archive: what may move where, and what is missing."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from commerce import locks
from commerce.enums import ProductStatus, VendorStatus
from commerce.models import Price, Product, Variant
from commerce.services.custom_fields.of_products import check_change
from core.audit import record_audit
from core.errors import Conflict

NO_NAME = "A name."
NO_VARIANT = "A variant that is sold."
NO_PRICE = "A price, now or to come, of each variant that is sold."


def missing_for_sale(product_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """What each of these products still needs to go on sale, in words; nothing: an empty list.

    Three queries, however many products.
    """
    wanted = list(product_ids)
    names = dict(Product.objects.filter(pk__in=wanted).values_list("pk", "name"))
    sold = list(
        Variant.objects.filter(product__in=wanted, is_active=True).values_list("pk", "product_id")
    )
    priced = set(
        Price.objects.to_come()
        .filter(variant__in=[pk for pk, _ in sold])
        .values_list("variant_id", flat=True)
    )
    with_variants = {product_id for _, product_id in sold}
    unpriced = {product_id for pk, product_id in sold if pk not in priced}
    return {
        product_id: [
            *([] if names.get(product_id, "").strip() else [NO_NAME]),
            *([] if product_id in with_variants else [NO_VARIANT]),
            *([NO_PRICE] if product_id in unpriced else []),
        ]
        for product_id in wanted
    }


def check_for_sale(product: Product) -> None:
    """Raises Conflict naming what is missing."""
    missing = missing_for_sale([product.pk])[product.pk]
    if missing:
        raise Conflict(
            f"{product.name or 'This product'} cannot go on sale yet. It lacks: "
            + " ".join(word[0].lower() + word[1:] for word in missing),
            details={"status": missing},
        )


@transaction.atomic
def publish_product(*, product_id: UUID) -> Product:
    """Put it on sale. Raises Conflict naming what is missing, Invalid for custom fields that a
    product on sale must say."""
    product = locks.lock_product(product_id)
    check_for_sale(product)
    return _move(product, ProductStatus.ACTIVE)


@transaction.atomic
def unpublish_product(*, product_id: UUID) -> Product:
    """Back to the drafts; nobody can buy it."""
    return _move(locks.lock_product(product_id), ProductStatus.DRAFT)


@transaction.atomic
def archive_product(*, product_id: UUID) -> Product:
    """Out of everybody's way; old orders still point to it."""
    return _move(locks.lock_product(product_id), ProductStatus.ARCHIVED)


@transaction.atomic
def restore_product(*, product_id: UUID) -> Product:
    """From the archive to the drafts; what is a draft or on sale stays as it is."""
    product = locks.lock_product(product_id)
    if product.status != ProductStatus.ARCHIVED:
        return product
    return _move(product, ProductStatus.DRAFT)


def seen_by_nobody(product: Product) -> str:
    """Why the public does not see a product that is on sale; "" when it does."""
    if product.status == ProductStatus.ACTIVE and product.vendor.status != VendorStatus.ACTIVE:
        return f"{product.vendor.name} is {product.vendor.get_status_display().lower()}."
    return ""


def _move(product: Product, to: ProductStatus) -> Product:
    if product.status != to:
        before = product.status
        product.status = to
        check_change(product, {"status": to})
        product.save(update_fields=["status", "updated_at"])
        record_audit(
            action="product.status", resource=product, details={"from": before, "to": str(to)}
        )
    return product
