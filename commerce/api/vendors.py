"""vendors/ and categories/."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.catalogue_rows import CATEGORIES, VENDORS
from commerce.api.visibility import visible_vendors
from commerce.models import Category, Vendor
from commerce.services.catalogue import place_category
from commerce.services.vendors import create_vendor
from core.api.fields import Input, SlugTextField, TextField, WholeNumberField
from core.api.lists import DetailView, ListView
from core.money import CURRENCIES

WRITE = {"POST": "catalogue:write"}


class VendorInput(Input):
    """A new vendor; it starts as applied."""

    name = TextField(max_length=200)
    slug = SlugTextField(max_length=100, required=False)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False, default="")
    contact_name = TextField(max_length=200, required=False, default="")
    contact_email = serializers.EmailField(required=False, default="")
    contact_phone = TextField(max_length=40, required=False, default="")
    payout_currency = serializers.ChoiceField(choices=sorted(CURRENCIES), default="USD")
    commission_bps = WholeNumberField(min_value=0, max_value=10_000, default=1000)


class CategoryInput(Input):
    """A new category."""

    name = TextField(max_length=120)
    slug = SlugTextField(max_length=100)
    parent = serializers.PrimaryKeyRelatedField(  # type: ignore[assignment]  # DRF's own name
        queryset=Category.objects.all(), required=False, allow_null=True, default=None
    )


class VendorsView(ListView):
    """Active vendors for everybody; all of them for staff, who may expand their terms."""

    public = {"GET"}
    scopes = WRITE
    input = {"POST": VendorInput}
    rows = VENDORS
    filters = {"status": "status", "country": "country", "slug": "slug"}
    ordering = ("name", "created_at")
    default_ordering = "name"
    search = ("name",)

    def queryset_for(self, request: Request) -> QuerySet[Vendor]:
        """By who is asking."""
        return visible_vendors(request)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a vendor."""
        vendor = create_vendor(**self.valid())
        row = VENDORS.one(Vendor.objects.filter(pk=vendor.pk))
        return Response(row, status=status.HTTP_201_CREATED)


class VendorView(DetailView):
    """One vendor."""

    public = {"GET"}
    rows = VENDORS

    def queryset_for(self, request: Request) -> QuerySet[Vendor]:
        """As in the list."""
        return visible_vendors(request)


class CategoriesView(ListView):
    """The tree, in the order of its paths."""

    public = {"GET"}
    scopes = WRITE
    input = {"POST": CategoryInput}
    rows = CATEGORIES
    filters = {"parent": "parent_id", "slug": "slug", "path": "path"}
    ordering = ("path", "name")
    default_ordering = "path"
    search = ("name",)
    max_limit = 1000

    def queryset_for(self, request: Request) -> QuerySet[Category]:
        """All."""
        return Category.objects.all()

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a category under its parent."""
        with transaction.atomic():
            category = place_category(Category(**self.valid()))
        row = CATEGORIES.one(Category.objects.filter(pk=category.pk))
        return Response(row, status=status.HTTP_201_CREATED)


class CategoryView(DetailView):
    """One category."""

    public = {"GET"}
    rows = CATEGORIES

    def queryset_for(self, request: Request) -> QuerySet[Category]:
        """All."""
        return Category.objects.all()
