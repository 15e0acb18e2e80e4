"""Which part of the catalogue a caller sees: all of it for staff, what is on sale for the rest,
and their own vendors' for those who act for some."""

from uuid import UUID

from django.db.models import BooleanField, Case, F, Q, QuerySet, UUIDField, Value, When
from rest_framework.request import Request

from commerce.api.acting import my_vendors
from commerce.enums import VendorStatus
from commerce.models import Product, Vendor
from commerce.models.catalogue import ON_SALE
from core.errors import NotFound, PermissionRefused

SEES_ALL = "catalogue:read"


def sees_all(request: Request) -> bool:
    """Whether the caller's credentials reach what is not public."""
    return bool(
        request.user.is_authenticated and SEES_ALL in getattr(request.auth, "scopes", frozenset())
    )


def visible_products(request: Request) -> QuerySet[Product]:
    """Products the caller may look at, one by one.

    On sale or one's own: for a single product, since an OR in a list costs the index. Lists ask
    `listed_products`.
    """
    products = Product.objects.get_queryset()
    if sees_all(request):
        return products
    mine = my_vendors(request)
    if not mine:
        return products.on_sale()  # type: ignore[attr-defined]  # as_manager()
    return products.filter(ON_SALE | Q(vendor__in=mine))


def listed_products(request: Request) -> QuerySet[Product]:
    """Products of a list. Members see their drafts where they ask for one of their vendors
    (`?vendor=`); elsewhere they are shoppers like others."""
    products = Product.objects.get_queryset()
    if sees_all(request):
        return products
    asked = _uuid(request.query_params.get("vendor", ""))
    if asked is not None and asked in my_vendors(request):
        return products.filter(vendor_id=asked)
    return products.on_sale()  # type: ignore[attr-defined]  # as_manager()


def manages(request: Request, product: Product) -> bool:
    """Whether the caller looks after this product, and so sees what of it is not on sale."""
    return sees_all(request) or product.vendor_id in my_vendors(request)


def managed_product(request: Request, product_id: UUID) -> Product:
    """A product the caller looks after. Raises NotFound, PermissionRefused."""
    product = visible_products(request).filter(pk=product_id).first()
    if product is None:
        raise NotFound("There is no such product.")
    if not manages(request, product):
        raise PermissionRefused("You do not act for this vendor.")
    return product


def visible_vendors(request: Request) -> QuerySet[Vendor]:
    """Vendors the caller may look at; `terms_of` leads to their terms, for those who may see them.

    By scope, not by role: a key for orders alone acts as its owner and must not reach them.
    """
    vendors = Vendor.objects.all()
    mine = my_vendors(request)
    is_mine = Case(
        When(pk__in=mine, then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    vendors = vendors.annotate(mine=is_mine)
    if sees_all(request):
        return vendors.annotate(terms_of=F("id"))
    own_terms = Case(When(pk__in=mine, then=F("id")), default=None, output_field=UUIDField())
    return vendors.filter(Q(status=VendorStatus.ACTIVE) | Q(pk__in=mine)).annotate(
        terms_of=own_terms
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
