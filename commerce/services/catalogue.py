"""The catalogue: categories placed in their tree, products and variants made, prices set."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Concat, Now, Substr
from django.utils import timezone
from django.utils.text import slugify

from commerce.enums import ProductStatus
from commerce.models import Category, Price, Product, Variant, Vendor
from core.audit import record_audit
from core.errors import Conflict, Invalid
from core.money import Money

DEEPEST = 6  # shelves in shelves; more than people find their way in


def check_place(category: Category, *, parent: Category | None) -> str:
    """The path a category would have under `parent`. Raises Invalid: inside itself, or too deep."""
    own = _path_now(category)
    if parent and own and (parent.path == own or parent.path.startswith(f"{own}/")):
        raise Invalid("A category cannot stand inside itself.", details={"parent": ["Its own."]})
    path = f"{parent.path}/{category.slug}" if parent else category.slug
    if path.count("/") >= DEEPEST:
        raise Invalid(f"At most {DEEPEST} levels.", details={"parent": ["Too deep."]})
    return path


@transaction.atomic
def place_category(category: Category) -> Category:
    """Save a category where its parent says, and move all below it along.

    Raises Invalid as above, Conflict when its parent has a category with this slug.
    """
    own = _path_now(category)
    category.path = check_place(category, parent=category.parent)
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError:
        raise Conflict("That slug is taken there.", details={"slug": ["Taken."]}) from None
    if own and own != category.path:
        Category.objects.filter(path__startswith=f"{own}/").update(
            path=Concat(Value(category.path), Substr("path", len(own) + 1)), updated_at=Now()
        )
    return category


def _path_now(category: Category) -> str | None:
    return Category.objects.filter(pk=category.pk).values_list("path", flat=True).first()


@transaction.atomic
def set_price(*, variant_id: UUID, price: Money) -> Price:
    """What a variant costs from now on; the former price in that currency ends this moment.

    The same price again changes nothing. Raises Invalid below zero.
    """
    if price.minor < 0:
        raise Invalid("A price is not below zero.", details={"price": ["At least 0."]})
    Variant.objects.select_for_update(no_key=True).get(pk=variant_id)  # one price change at a time
    current = Price.objects.filter(
        variant_id=variant_id, currency=price.currency, valid_to__isnull=True
    ).first()
    if current and current.amount == price:
        return current
    now = timezone.now()
    if current:
        Price.objects.filter(pk=current.pk).update(valid_to=now, updated_at=now)
    return Price.objects.create(
        variant_id=variant_id, currency=price.currency, amount_minor=price.minor, valid_from=now
    )


@transaction.atomic
def set_prices(*, variant_id: UUID, prices: list[Money]) -> None:
    """Exactly these prices from now on; those in other currencies end this moment.

    Raises Invalid for two prices in one currency.
    """
    currencies = [price.currency for price in prices]
    if len(set(currencies)) != len(currencies):
        raise Invalid("One price a currency.", details={"prices": ["A currency is named twice."]})
    for price in prices:
        set_price(variant_id=variant_id, price=price)
    now = timezone.now()
    Price.objects.filter(variant_id=variant_id, valid_to__isnull=True).exclude(
        currency__in=currencies
    ).update(valid_to=now, updated_at=now)


@transaction.atomic
def create_product(
    *,
    vendor: Vendor,
    name: str,
    slug: str = "",
    category: Category | None = None,
    description: str = "",
    service: str = "",
    status: str = ProductStatus.DRAFT,
) -> Product:
    """A new product of a vendor. Raises Conflict when the vendor has one with this slug."""
    product = Product(
        vendor=vendor,
        name=name,
        slug=slug or slugify(name)[:120],
        category=category,
        description=description,
        service=service,
        status=ProductStatus(status),
    )
    if not product.slug:
        raise Invalid("Give the product a slug.", details={"slug": ["Letters, digits, hyphens."]})
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
    """Change plain fields of a product (name, slug, description, category, service, status)."""
    for name, value in changes.items():
        setattr(product, name, value)
    try:
        with transaction.atomic():
            product.save(update_fields=[*changes, "updated_at"])
    except IntegrityError:
        raise Conflict(
            "This vendor has a product with this slug.", details={"slug": ["Taken."]}
        ) from None
    record_audit(action="product.change", resource=product, details={"fields": sorted(changes)})
    return product


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

    Raises Conflict when the vendor has this SKU, Invalid for two prices in one currency.
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
    except IntegrityError:
        raise Conflict("This vendor has that SKU already.", details={"sku": ["Taken."]}) from None
    set_prices(variant_id=variant.pk, prices=prices)
    record_audit(action="variant.create", resource=variant, details={"sku": sku})
    return variant
