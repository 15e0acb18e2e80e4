"""products/ and products/{id}/variants/."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.acting import WRITE, check_acts_for
from commerce.api.catalogue_rows import PRODUCTS, VARIANT_SCHEMA, with_variants
from commerce.api.custom_fields import PREFIX, CustomFieldsField, narrow_by_custom_fields
from commerce.api.visibility import listed_products, visible_products
from commerce.enums import ProductStatus
from commerce.models import Category, Product, Vendor
from commerce.services.catalogue import add_variant, change_product, create_product
from commerce.services.stock import receive_stock
from core.api.fields import (
    Input,
    JsonField,
    MoneyField,
    SlugTextField,
    TextField,
    TrueFalseField,
    WholeNumberField,
)
from core.api.lists import DetailView, Filter, ListView
from core.api.lists.filters import Kind
from core.api.views import ApiView
from core.errors import NotFound

MOST_STOCK = 1_000_000
# Only whole SKUs: a product has each of them once, so that no product is listed twice.
WHOLE_SKU = Kind(str, frozenset({""}), {"type": "string", "maxLength": 64})


class VariantInput(Input):
    """A new variant, with its prices and the pieces that are there."""

    sku = TextField(max_length=64)
    options = JsonField(required=False, default=dict)
    prices = serializers.ListField(child=MoneyField(), allow_empty=False, max_length=50)
    tracks_stock = TrueFalseField(required=False, default=True)
    stock = WholeNumberField(min_value=0, max_value=MOST_STOCK, required=False, default=0)


class ProductChange(Input):
    """Fields of a product; those not given stay."""

    name = TextField(max_length=200, required=False)
    slug = SlugTextField(max_length=120, required=False)
    description = TextField(max_length=20_000, lines=True, required=False, allow_blank=True)
    service = TextField(max_length=60, required=False, allow_blank=True)
    status = serializers.ChoiceField(choices=ProductStatus.choices, required=False)
    category = serializers.PrimaryKeyRelatedField(
        queryset=Category.objects.all(), required=False, allow_null=True
    )
    custom_fields = CustomFieldsField(required=False)


class ProductInput(ProductChange):
    """A new product, with variants if they are known."""

    name = TextField(max_length=200)
    vendor = serializers.PrimaryKeyRelatedField(queryset=Vendor.objects.all())
    variants = VariantInput(many=True, required=False, default=list)


class ProductsView(ListView):
    """What is on sale, for everybody; drafts and archives for staff."""

    public = {"GET"}
    scopes = {"POST": WRITE}
    input = {"POST": ProductInput}
    rows = PRODUCTS
    filters = {
        "status": "status", "vendor": "vendor_id", "category": "category_id", "slug": "slug",
        "service": "service", "name": "name", "created_at": "created_at",
        "category_path": "category__path", "sku": Filter("variants__sku", WHOLE_SKU),
    }  # fmt: skip
    ordering = ("created_at", "name")
    search = ("name", "description")
    prefixes = (PREFIX,)

    def queryset_for(self, request: Request) -> QuerySet[Product]:
        """By who is asking."""
        return with_variants(listed_products(request))

    def narrow(self, queryset: QuerySet[Product], parameters: dict[str, str]) -> QuerySet[Product]:
        """By custom fields."""
        return narrow_by_custom_fields(queryset, parameters)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a product and its variants, all or nothing."""
        given = self.valid()
        check_acts_for(request, given["vendor"].pk)
        variants = given.pop("variants")
        with transaction.atomic():
            product = create_product(**given)
            for variant in variants:
                _add(product, variant)
        return Response(_shown(product), status=status.HTTP_201_CREATED)


class ProductView(DetailView):
    """One product."""

    public = {"GET"}
    scopes = {"PATCH": WRITE}
    input = {"PATCH": ProductChange}
    rows = PRODUCTS

    def queryset_for(self, request: Request) -> QuerySet[Product]:
        """By who is asking."""
        return with_variants(visible_products(request))

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change some fields."""
        product = _found(self.object_query())
        check_acts_for(request, product.vendor_id)
        changes = self.valid()
        if changes:
            change_product(product=product, changes=changes)
        return Response(_shown(product))


class VariantsView(ApiView):
    """The variants of one product."""

    public = {"GET"}
    scopes = {"POST": WRITE}
    input = {"POST": VariantInput}
    output = {"GET": {"type": "array", "items": VARIANT_SCHEMA}, "POST": VARIANT_SCHEMA}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All of them: a product has few."""
        products = with_variants(visible_products(request)).filter(pk=kwargs["id"])
        return Response(PRODUCTS.one(products, fields=["variants"])["variants"])

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add one."""
        product = _found(visible_products(request).filter(pk=kwargs["id"]))
        check_acts_for(request, product.vendor_id)
        with transaction.atomic():
            sku = _add(product, self.valid())
        variants = _shown(product)["variants"]
        made = next(variant for variant in variants if variant["sku"] == sku)
        return Response(made, status=status.HTTP_201_CREATED)


def _add(product: Product, given: dict[str, Any]) -> str:
    stock = given.pop("stock")
    variant = add_variant(product=product, **given)
    if stock:
        receive_stock(variant_id=variant.pk, quantity=stock, source="opening")
    return variant.sku


def _found(products: QuerySet[Product]) -> Product:
    product = products.first()
    if product is None:
        raise NotFound("There is no such product.")
    return product


def _shown(product: Product) -> dict[str, Any]:
    return PRODUCTS.one(with_variants(Product.objects.filter(pk=product.pk)))
