"""Pictures and documents of products."""

from django.db import models
from django.db.models import Q

from commerce.models.catalogue import Product, Variant
from commerce.models.vendor import Vendor
from core.constraints import choice_is_known
from core.enums import FileKind
from core.models import BaseModel, StoredFile


class ProductMedia(BaseModel):
    """A file on a product's page, in its place. `vendor` repeats the product's, so that policies
    need no join; `kind` repeats the file's.

    Taken away it stays a while with `removed_at`, and can be put back until its file is swept.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="media")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="+", editable=False)
    variant = models.ForeignKey(
        Variant,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="media",
        help_text="Empty: of the whole product",
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    kind = models.TextField(choices=FileKind.choices)
    position = models.PositiveSmallIntegerField(default=0)
    alt = models.JSONField(
        default=dict, blank=True, help_text='What it shows, by language: {"en": "A teapot"}'
    )
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "picture or document"
        verbose_name_plural = "pictures and documents"
        ordering = ["position", "id"]
        constraints = [
            choice_is_known("kind", FileKind, table="commerce_productmedia"),
            models.UniqueConstraint(
                fields=["product", "variant", "file"],
                condition=Q(removed_at__isnull=True),
                nulls_distinct=False,
                name="commerce_productmedia_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["product", "position", "id"],
                condition=Q(removed_at__isnull=True),
                name="commerce_productmedia_shown",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.position + 1}"
