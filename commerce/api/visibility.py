"""Which part of the catalogue a caller sees: all of it for staff, what is on sale for the rest."""

from django.db.models import F, QuerySet, UUIDField, Value
from rest_framework.request import Request

from commerce.enums import VendorStatus
from commerce.models import Product, Vendor

SEES_ALL = "catalogue:read"


def sees_all(request: Request) -> bool:
    """Whether the caller's credentials reach what is not public."""
    return bool(
        request.user.is_authenticated and SEES_ALL in getattr(request.auth, "scopes", frozenset())
    )


def visible_products(request: Request) -> QuerySet[Product]:
    """Products the caller may look at."""
    products = Product.objects.get_queryset()
    return products if sees_all(request) else products.on_sale()  # type: ignore[attr-defined]  # as_manager()


def visible_vendors(request: Request) -> QuerySet[Vendor]:
    """Vendors the caller may look at; `terms_of` leads to their terms, for those who may see them.

    By scope, not by role: a key for orders alone acts as its owner and must not reach them.
    """
    vendors = Vendor.objects.all()
    if sees_all(request):
        return vendors.annotate(terms_of=F("id"))
    nothing = Value(None, output_field=UUIDField())
    return vendors.filter(status=VendorStatus.ACTIVE).annotate(terms_of=nothing)
