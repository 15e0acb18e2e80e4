"""products/{id}/variants/, options and all their combinations."""

from typing import Any
from uuid import UUID

from django.db import transaction
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.acting import WRITE, check_acts_for
from commerce.api.catalogue_rows import PRODUCT, VARIANT_SCHEMA
from commerce.api.product_details import variants_of
from commerce.api.product_inputs import OptionsInput, VariantChange, VariantInput
from commerce.api.visibility import manages, visible_products
from commerce.models import Product, Variant
from commerce.services.catalogue import add_variant
from commerce.services.catalogue.combinations import make_combinations
from commerce.services.catalogue.options import set_options
from commerce.services.catalogue.prices import set_prices
from commerce.services.catalogue.variants import change_variant
from commerce.services.stock import receive_stock
from core.api.fields import Input
from core.api.views import ApiView
from core.errors import Invalid, NotFound

VARIANTS_SCHEMA = {"type": "array", "items": VARIANT_SCHEMA}


class VariantsView(ApiView):
    """The variants of one product."""

    public = {"GET"}
    scopes = {"POST": WRITE}
    input = {"POST": VariantInput}
    output = {"GET": VARIANTS_SCHEMA, "POST": VARIANT_SCHEMA}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All of them: a product has few. Those taken off sale are shown to who may change them."""
        product = visible_products(request).filter(pk=kwargs["id"]).first()
        if product is None:
            raise NotFound("There is no such product.")
        retired = manages(request, product)
        return Response(variants_of([product.pk], retired=retired)[product.pk])

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add one. Words of its options that are new become options of the product."""
        product = found_product(request, kwargs["id"])
        with transaction.atomic():
            variant = added(product, self.valid())
        return Response(shown_variant(variant), status=status.HTTP_201_CREATED)


class VariantView(ApiView):
    """One variant."""

    scopes = {"PATCH": WRITE}
    input = {"PATCH": VariantChange}
    output = VARIANT_SCHEMA

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change some fields, take it off sale (`active`), set its regular prices."""
        variant = found_variant(request, kwargs["id"], kwargs["variant"])
        changes = self.valid(partial=True)
        prices = changes.pop("prices", None)
        if "active" in changes:
            changes["is_active"] = changes.pop("active")
        with transaction.atomic():
            if changes:
                change_variant(variant=variant, changes=changes)
            if prices is not None:
                set_prices(variant_id=variant.pk, prices=prices)
        return Response(shown_variant(variant))


class OptionsView(ApiView):
    """What a product is chosen by."""

    scopes = {"PUT": WRITE}
    input = {"PUT": OptionsInput}
    output = PRODUCT

    def put(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Exactly these options and values, in this order; 409 names the variants that still need
        one that is missing."""
        product = found_product(request, kwargs["id"])
        given = self.valid()["options"]
        options = {option["name"]: option["values"] for option in given}
        if len(options) < len(given):
            raise Invalid("An option is named twice.", details={"options": ["Each name once."]})
        set_options(product=product, options=options)
        return Response(PRODUCT.one(Product.objects.filter(pk=product.pk)))


class CombinationsView(ApiView):
    """All combinations of the options."""

    scopes = {"POST": WRITE}
    input = {"POST": Input}
    output = VARIANTS_SCHEMA

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make the variants that are missing, at the first one's prices; they are the answer."""
        self.valid()
        product = found_product(request, kwargs["id"])
        made = {variant.pk for variant in make_combinations(product=product)}
        variants = variants_of([product.pk])[product.pk]
        fresh = [variant for variant in variants if variant["id"] in made]
        return Response(fresh, status=status.HTTP_201_CREATED)


def found_product(request: Request, product_id: UUID) -> Product:
    """A product the caller may change. Raises NotFound, PermissionRefused, Conflict."""
    product = visible_products(request).filter(pk=product_id).first()
    if product is None:
        raise NotFound("There is no such product.")
    check_acts_for(request, product.vendor_id)
    return product


def found_variant(request: Request, product_id: UUID, variant_id: UUID) -> Variant:
    """One of its variants."""
    product = found_product(request, product_id)
    variant = Variant.objects.filter(pk=variant_id, product=product).first()
    if variant is None:
        raise NotFound("This product has no such variant.")
    return variant


def added(product: Product, given: dict[str, Any]) -> Variant:
    """A new variant with the pieces that are there."""
    stock = given.pop("stock")
    variant = add_variant(product=product, **given)
    if stock:
        receive_stock(variant_id=variant.pk, quantity=stock, source="opening")
    return variant


def shown_variant(variant: Variant) -> dict[str, Any]:
    """As the list of variants shows it."""
    variants = variants_of([variant.product_id], retired=True)[variant.product_id]
    return next(each for each in variants if each["id"] == variant.pk)
