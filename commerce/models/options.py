"""What a product can be chosen by: its size, its colour, and the values of each."""

from django.db import models

from commerce.models.catalogue import Product
from core.models import BaseModel

MOST_OPTIONS = 4  # of a product
MOST_VALUES = 60  # of an option
MOST_VARIANTS = 250  # of a product


class ProductOption(BaseModel):
    """Something to choose, such as the size. Variants name it in their `options`."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="options")
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "name"], name="commerce_option_once"),
        ]

    def __str__(self) -> str:
        return self.name


class OptionValue(BaseModel):
    """One of the choices, such as M."""

    option = models.ForeignKey(ProductOption, on_delete=models.CASCADE, related_name="values")
    value = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["option", "value"], name="commerce_optionvalue_once"),
        ]

    def __str__(self) -> str:
        return self.value
