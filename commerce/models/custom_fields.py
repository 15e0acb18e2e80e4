"""What else the shop wants to know of its products: definitions, and numbers with an index."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from commerce.enums import CHOOSING, FieldType
from commerce.models.catalogue import Product
from commerce.models.category import Category
from core.constraints import choice_is_known
from core.models import BaseModel

TABLE = "commerce_fielddefinition"
MOST_DIGITS, MOST_DECIMALS = 30, 10  # of a number among custom fields


class FieldDefinition(BaseModel):
    """A custom field of the products in a category and all below it; without one, of all products.

    Along a branch a key is defined once, and everywhere it has one type, so that `cf.<key>` means
    one thing (services/custom_fields). `label` and `help_text` hold texts by language.
    """

    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="fields"
    )
    key = models.CharField(max_length=50, help_text="Small letters, digits and _")
    type = models.TextField(choices=FieldType.choices)
    label = models.JSONField(default=dict, help_text='{"en": "Colour", "fr": "Couleur"}')
    help_text = models.JSONField(default=dict, blank=True, db_default={})
    required = models.BooleanField(
        default=False, db_default=False, help_text="A product on sale must say it"
    )
    choices = models.JSONField(
        default=list, blank=True, db_default=[], help_text="[{value, label: {en: ...}}]"
    )
    minimum = models.DecimalField(
        max_digits=MOST_DIGITS, decimal_places=MOST_DECIMALS, null=True, blank=True,
        help_text="Smallest number, shortest text, fewest choices",
    )  # fmt: skip
    maximum = models.DecimalField(
        max_digits=MOST_DIGITS, decimal_places=MOST_DECIMALS, null=True, blank=True,
        help_text="Largest number, longest text, most choices",
    )  # fmt: skip
    earliest = models.DateField(null=True, blank=True)
    latest = models.DateField(null=True, blank=True)
    decimals = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Digits after the point of a number; empty: any"
    )
    unit = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="kg, cm, ml"
    )
    position = models.PositiveIntegerField(default=0, db_default=0)
    archived_at = models.DateTimeField(
        null=True, blank=True, help_text="No longer asked; what products hold stays"
    )

    class Meta:
        ordering = ["position", "key"]
        constraints = [
            choice_is_known("type", FieldType, table=TABLE),
            models.UniqueConstraint(
                fields=["category", "key"], name=f"{TABLE}_key_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name=f"{TABLE}_key_is_plain", condition=Q(key__regex="^[a-z][a-z0-9_]{0,49}$")
            ),
            models.CheckConstraint(
                name=f"{TABLE}_choices_to_choose_from",
                condition=(Q(type__in=CHOOSING) & ~Q(choices=[]))
                | (~Q(type__in=CHOOSING) & Q(choices=[])),
            ),
            models.CheckConstraint(
                name=f"{TABLE}_range_holds_something",
                condition=Q(minimum__isnull=True)
                | Q(maximum__isnull=True)
                | Q(minimum__lte=F("maximum")),
            ),
            models.CheckConstraint(
                name=f"{TABLE}_days_in_order",
                condition=Q(earliest__isnull=True)
                | Q(latest__isnull=True)
                | Q(earliest__lte=F("latest")),
            ),
        ]
        indexes = [models.Index(fields=["key"], name="commerce_field_key")]

    def __str__(self) -> str:
        return self.key


class ProductFigure(models.Model):
    """A number or a day among a product's custom fields, in a column that has an index.

    Ranges (`cf.weight__gte=2`) cannot be asked of a GIN index. The trigger of this floor's
    migrations writes these rows and nobody else; a day is the number 20261129.
    """

    id = models.BigAutoField(primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="figures")
    key = models.CharField(max_length=50)
    value = models.DecimalField(max_digits=MOST_DIGITS + 10, decimal_places=MOST_DECIMALS)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "key"], name="commerce_productfigure_once")
        ]
        indexes = [
            models.Index(fields=["key", "value", "product"], name="commerce_productfigure_range")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.value}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Follows the product, never written by hand."""
        raise TypeError("Change the product's custom fields; the trigger writes the figures.")
