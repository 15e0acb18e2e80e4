"""products/ and products/{id}/."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.acting import WRITE, check_acts_for
from commerce.api.catalogue_rows import PRODUCT, PRODUCTS
from commerce.api.custom_fields import PREFIX, narrow_by_custom_fields
from commerce.api.product_filters import FURTHER, by_price, narrowed
from commerce.api.product_inputs import ProductChange, ProductInput
from commerce.api.variants import added, found_product
from commerce.api.visibility import listed_products, visible_products
from commerce.enums import ProductStatus
from commerce.models import Product
from commerce.services.catalogue import change_product, create_product
from commerce.services.catalogue.duplicates import duplicate_product
from commerce.services.catalogue.sale import archive_product, publish_product
from core.api.fields import Input
from core.api.lists import DetailView, Filter, ListView
from core.api.lists.filters import Kind
from core.api.views import ApiView

# Only whole SKUs: a product has each of them once, so that no product is listed twice.
WHOLE_SKU = Kind(str, frozenset({""}), {"type": "string", "maxLength": 64})


class ProductsView(ListView):
    """What is on sale, for everybody; drafts and archives for staff. Texts come in the caller's
    language; `search` looks for the beginnings of words in all languages, SKUs and barcodes."""

    public = {"GET"}
    scopes = {"POST": WRITE}
    input = {"POST": ProductInput}
    output = {"POST": PRODUCT}
    rows = PRODUCTS
    filters = {
        "status": "status", "vendor": "vendor_id", "category": "category_id", "slug": "slug",
        "service": "service", "name": "name", "created_at": "created_at",
        "category_path": "category__path", "sku": Filter("variants__sku", WHOLE_SKU),
    }  # fmt: skip
    further = FURTHER
    ordering = ("created_at", "name", "price")
    ordering_sources = {
        "created_at": "pk",
        "price": "least_price",
    }  # keys are made in the order of time
    search = ("words__words",)
    prefixes = (PREFIX,)
    multilingual = True
    max_limit = 250

    def queryset_for(self, request: Request) -> QuerySet[Product]:
        """By who is asking."""
        return by_price(listed_products(request), request.query_params)

    def narrow(self, queryset: QuerySet[Product], parameters: dict[str, str]) -> QuerySet[Product]:
        """By branch, price and stock; by custom fields."""
        own = {name: text for name, text in parameters.items() if name.startswith(PREFIX)}
        others = {name: text for name, text in parameters.items() if name not in own}
        return narrow_by_custom_fields(narrowed(queryset, others), own)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a product and its variants, all or nothing."""
        given = self.valid()
        check_acts_for(request, given["vendor"].pk)
        variants, wanted = given.pop("variants"), given.pop("status", ProductStatus.DRAFT)
        with transaction.atomic():
            product = create_product(**given)
            for variant in variants:
                added(product, variant)
            if wanted == ProductStatus.ACTIVE:
                product = publish_product(product_id=product.pk)
            elif wanted == ProductStatus.ARCHIVED:
                product = archive_product(product_id=product.pk)
        return Response(_shown(product), status=status.HTTP_201_CREATED)


class ProductView(DetailView):
    """One product, with the options to choose it by."""

    public = {"GET"}
    scopes = {"PATCH": WRITE}
    input = {"PATCH": ProductChange}
    rows = PRODUCT
    multilingual = True

    def queryset_for(self, request: Request) -> QuerySet[Product]:
        """By who is asking."""
        return visible_products(request)

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change some fields. Going on sale is refused (409) while something is missing, and the
        details say what."""
        product = found_product(request, kwargs["id"])
        changes = self.valid()
        if changes:
            change_product(product=product, changes=changes)
        return Response(_shown(product))


class DuplicateView(ApiView):
    """The product once more."""

    scopes = {"POST": WRITE}
    input = {"POST": Input}
    output = PRODUCT

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A draft like it: variants with new SKUs and today's prices, options, texts, pictures."""
        self.valid()
        product = found_product(request, kwargs["id"])
        copy = duplicate_product(product_id=product.pk)
        return Response(_shown(copy), status=status.HTTP_201_CREATED)


def _shown(product: Product) -> dict[str, Any]:
    return PRODUCT.one(Product.objects.filter(pk=product.pk))
