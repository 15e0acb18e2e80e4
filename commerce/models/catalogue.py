"""What is sold: products and their variants."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, TextField
from django.db.models.functions import MD5, Cast
from django.db.models.lookups import Exact

from commerce.enums import ProductStatus, TaxClass, VendorStatus
from commerce.models.category import Category
from commerce.models.exact_json import ExactDecoder, ExactEncoder
from commerce.models.vendor import Vendor
from core.constraints import choice_is_known
from core.models import BaseModel

ON_SALE = Q(status=ProductStatus.ACTIVE, vendor__status=VendorStatus.ACTIVE)


class ProductQuerySet(models.QuerySet["Product"]):
    """Composable questions about products."""

    def on_sale(self) -> "ProductQuerySet":
        """What the public sees: active products of active vendors."""
        return self.filter(ON_SALE)


class Product(BaseModel):
    """Something a vendor offers. `service` is the line of business it is reported under."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="products")
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="products"
    )
    status = models.TextField(
        choices=ProductStatus.choices, default=ProductStatus.DRAFT, db_default=ProductStatus.DRAFT
    )
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=120)
    description = models.TextField(blank=True)
    service = models.CharField(max_length=60, blank=True, help_text="Line of business, for reports")
    custom_fields = models.JSONField(
        default=dict, blank=True, db_default={}, encoder=ExactEncoder, decoder=ExactDecoder,
        help_text="By the definitions of its category",
    )  # fmt: skip
    tax_class = models.TextField(
        choices=TaxClass.choices, default=TaxClass.STANDARD, db_default=TaxClass.STANDARD
    )

    objects: ClassVar[models.Manager["Product"]] = ProductQuerySet.as_manager()

    class Meta:
        constraints = [
            choice_is_known("status", ProductStatus, table="commerce_product"),
            choice_is_known("tax_class", TaxClass, table="commerce_product"),
            models.UniqueConstraint(fields=["vendor", "slug"], name="commerce_product_slug_once"),
            models.CheckConstraint(  # every object contains the empty one, nothing else does
                name="commerce_product_custom_fields_is_object",
                condition=Q(custom_fields__contains={}),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="commerce_product_newest"),
            GinIndex(
                fields=["custom_fields"],
                opclasses=["jsonb_path_ops"],
                name="commerce_product_custom",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Variant(BaseModel):
    """One thing on the shelf: a product in a size, a colour. `vendor` repeats the product's, so
    that the database can hold a SKU unique per vendor.

    `options` names one value of each of the product's options ({"Size": "M"}), in the words of
    models/options.py; a combination is sold once at a time.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    vendor = models.ForeignKey(
        Vendor, on_delete=models.PROTECT, related_name="variants", editable=False
    )
    sku = models.CharField("SKU", max_length=64)
    barcode = models.CharField(max_length=64, blank=True, db_default="", help_text="EAN, UPC ...")
    options = models.JSONField(default=dict, blank=True, help_text='{"size": "M"}')
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    tracks_stock = models.BooleanField(
        default=True, help_text="Off for what cannot run out, such as a download or postage"
    )
    weight_grams = models.PositiveIntegerField(
        "weight in grams", null=True, blank=True, help_text="With its packing; empty: unknown"
    )
    requires_shipping = models.BooleanField(
        default=True, db_default=True, help_text="Off for what is not sent, such as a download"
    )

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["vendor", "sku"], name="commerce_variant_sku_once"),
            models.CheckConstraint(
                name="commerce_variant_options_are_named",
                condition=Exact(
                    Func(F("options"), function="jsonb_typeof", output_field=TextField()), "object"
                ),
            ),
            # by a digest: an index row is short, and names and values in other scripts are not
            models.UniqueConstraint(
                F("product"),
                MD5(Cast("options", TextField())),
                condition=Q(is_active=True),
                name="commerce_variant_combination_once",
                violation_error_message="Another variant has these options.",
            ),
        ]

    def __str__(self) -> str:
        return self.sku

    @property
    def title(self) -> str:
        """Its options as people read them: "M, red"."""
        return ", ".join(str(value) for value in self.options.values())
