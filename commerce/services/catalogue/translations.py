"""Products and categories in other languages."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from commerce import locks
from commerce.models import (
    Category,
    CategoryTranslation,
    OptionValue,
    Product,
    ProductOption,
    ProductTranslation,
)
from core.audit import record_audit
from core.errors import Invalid
from core.languages import TAG, normal

MOST_LANGUAGES = 30
WORD_LENGTH = 100


@transaction.atomic
def translate_product(
    *,
    product: Product,
    language: str,
    name: str = "",
    description: str = "",
    options: Mapping[str, Any] | None = None,
) -> ProductTranslation | None:
    """The product's texts in a language; what is empty falls back, all empty takes the language
    away. Raises Invalid for no language tag, the house's own, or words that are no option's."""
    tag = checked_language(language)
    locks.lock_product(product.pk)
    words = _checked_words(product, options or {})
    if not (name or description or words):
        remove_translation(product=product, language=tag)
        return None
    others = ProductTranslation.objects.filter(product=product).exclude(language=tag)
    if others.count() >= MOST_LANGUAGES:
        raise Invalid(f"At most {MOST_LANGUAGES} languages.", details={"language": ["Too many."]})
    translation, _ = ProductTranslation.objects.update_or_create(
        product=product,
        language=tag,
        defaults={"name": name, "description": description, "options": words},
    )
    record_audit(action="product.translate", resource=product, details={"language": tag})
    return translation


@transaction.atomic
def remove_translation(*, product: Product, language: str) -> bool:
    """Whether there was one."""
    removed, _ = ProductTranslation.objects.filter(
        product=product, language=normal(language)
    ).delete()
    if removed:
        record_audit(action="product.untranslate", resource=product, details={"language": language})
    return bool(removed)


@transaction.atomic
def translate_category(*, category: Category, names: Mapping[str, str]) -> None:
    """Its names by language; an empty one takes the language away. Raises Invalid."""
    for language, name in names.items():
        tag = checked_language(language)
        found = CategoryTranslation.objects.filter(category=category, language=tag)
        if name.strip():
            CategoryTranslation.objects.update_or_create(
                category=category, language=tag, defaults={"name": name.strip()}
            )
        else:
            found.delete()


def checked_language(language: str) -> str:
    """A tag as it is kept. Raises Invalid."""
    tag = normal(language)
    if not TAG.match(tag):
        raise Invalid("Give a language tag such as fr.", details={"language": ["fr, de-AT ..."]})
    if tag == settings.LANGUAGE_CODE:
        raise Invalid(
            "That is the language of the product itself.", details={"language": [f"Not {tag}."]}
        )
    return tag


def _checked_words(product: Product, options: Mapping[str, Any]) -> dict[str, str]:
    known = set(ProductOption.objects.filter(product=product).values_list("name", flat=True))
    known |= set(
        OptionValue.objects.filter(option__product=product).values_list("value", flat=True)
    )
    refused = [f"{word[:60]}: no option or value." for word in options if word not in known]
    refused += [
        f"{word[:60]}: a text of {WORD_LENGTH} characters at most."
        for word, text in options.items()
        if not isinstance(text, str) or len(text) > WORD_LENGTH
    ]
    if refused:
        raise Invalid("These words cannot be translated.", details={"options": refused[:20]})
    return {word: text.strip() for word, text in options.items() if text.strip()}
