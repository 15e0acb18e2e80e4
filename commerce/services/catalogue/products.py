"""Products made and changed."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from commerce import locks
from commerce.enums import ProductStatus, TaxClass
from commerce.models import Category, Product, Vendor
from commerce.services.catalogue.sale import check_for_sale
from commerce.services.custom_fields.of_products import check_change, check_new
from core.audit import record_audit
from core.errors import Conflict, Invalid


@transaction.atomic
def create_product(
    *,
    vendor: Vendor,
    name: str,
    slug: str = "",
    category: Category | None = None,
    description: str = "",
    service: str = "",
    tax_class: str = TaxClass.STANDARD,
    custom_fields: Mapping[str, Any] | None = None,
) -> Product:
    """A new product of a vendor, a draft: it goes on sale when it has what that takes (sale.py).
    Raises Conflict when the vendor has one with this slug, Invalid for custom fields that do not
    fit its category."""
    product = Product(
        vendor=vendor,
        name=name,
        slug=slug or slugify(name)[:120],
        category=category,
        description=description,
        service=service,
        tax_class=TaxClass(tax_class),
    )
    if not product.slug:
        raise Invalid("Give the product a slug.", details={"slug": ["Letters, digits, hyphens."]})
    check_new(product, custom_fields or {})
    try:
        with transaction.atomic():
            product.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            "This vendor has a product with this slug.", details={"slug": ["Taken."]}
        ) from None
    record_audit(action="product.create", resource=product, details={"slug": product.slug})
    return product


@transaction.atomic
def change_product(*, product: Product, changes: Mapping[str, Any]) -> Product:
    """Change plain fields of a product (name, slug, description, category, service, status), and
    those of its custom fields that are given (null takes one away).

    Raises Conflict and Invalid as above, and Conflict for going on sale with something missing.
    """
    if changes.get("status") == ProductStatus.ACTIVE != product.status:
        locks.lock_product(product.pk)
        check_for_sale(product)
    for name, value in changes.items():
        if name != "custom_fields":
            setattr(product, name, value)
    changes = check_change(product, changes)
    try:
        with transaction.atomic():
            product.save(update_fields=[*changes, "updated_at"])
    except IntegrityError:
        raise Conflict(
            "This vendor has a product with this slug.", details={"slug": ["Taken."]}
        ) from None
    record_audit(action="product.change", resource=product, details={"fields": sorted(changes)})
    return product
