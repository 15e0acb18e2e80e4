"""Names and descriptions in other languages, and the words that products are found by."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, TextField
from django.db.models.lookups import Exact

from commerce.models.catalogue import Category, Product
from core.folding import WordsField
from core.models import BaseModel

LANGUAGE_TAG = r"^[a-z]{2,3}(-[a-z0-9]{2,8}){0,2}$"  # BCP 47 in lower case: de, de-at, pt-br


class ProductTranslation(BaseModel):
    """A product in another language than its own columns. What is empty falls back.

    `options` translates names and values of its options: {"Size": "Taille", "Red": "Rouge"}.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=20, help_text="A language tag, such as fr or de-at")
    name = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    options = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "language"], name="commerce_producttranslation_once"
            ),
            models.CheckConstraint(
                name="commerce_producttranslation_language_tag",
                condition=Q(language__regex=LANGUAGE_TAG),
            ),
            models.CheckConstraint(
                name="commerce_producttranslation_options_are_named",
                condition=Exact(
                    Func(F("options"), function="jsonb_typeof", output_field=TextField()), "object"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.name}"


class CategoryTranslation(BaseModel):
    """A category's name in another language."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=20, help_text="A language tag, such as fr or de-at")
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "language"], name="commerce_categorytranslation_once"
            ),
            models.CheckConstraint(
                name="commerce_categorytranslation_language_tag",
                condition=Q(language__regex=LANGUAGE_TAG),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.name}"


class ProductWords(models.Model):
    """The folded words of a product: names and descriptions in all languages, SKUs, barcodes.

    Written and taken away by triggers alone, whoever changes the product, a variant or a
    translation.
    """

    product = models.OneToOneField(
        Product, on_delete=models.DO_NOTHING, primary_key=True, related_name="words"
    )
    words = WordsField(editable=False)

    class Meta:
        indexes = [GinIndex(fields=["words"], name="commerce_productwords_words")]

    def __str__(self) -> str:
        return f"Words of {self.product_id}"
