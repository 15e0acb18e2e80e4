"""What a product is chosen by: options named, renamed, taken away.

Variants hold their combination by the options' own words, so that a word that changes is changed
there and in the translations too. Everything here locks the product.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from commerce import locks
from commerce.models import OptionValue, Product, ProductOption, Variant
from commerce.models.options import MOST_OPTIONS, MOST_VALUES
from core.audit import record_audit
from core.errors import Conflict, Invalid

NAME_LENGTH = 60
VALUE_LENGTH = 100


@transaction.atomic
def set_options(*, product: Product, options: Mapping[str, Sequence[str]]) -> None:
    """Exactly these options with these values, in this order.

    Raises Invalid for empty, repeated or too many words, Conflict for taking away what a variant
    on sale is sold by.
    """
    check_words(options)
    locks.lock_product(product.pk)
    _refuse_lost_words(product, options)
    ProductOption.objects.filter(product=product).exclude(name__in=options).delete()
    for position, (name, values) in enumerate(options.items()):
        option, _ = ProductOption.objects.update_or_create(
            product=product, name=name, defaults={"position": position}
        )
        OptionValue.objects.filter(option=option).exclude(value__in=values).delete()
        for place, value in enumerate(values):
            OptionValue.objects.update_or_create(
                option=option, value=value, defaults={"position": place}
            )
    record_audit(action="product.options", resource=product, details={"options": list(options)})


@transaction.atomic
def rename_option(*, product: Product, name: str, to: str) -> None:
    """Another word for an option, also in variants and translations. Raises Invalid, Conflict."""
    locks.lock_product(product.pk)
    option = ProductOption.objects.filter(product=product, name=name).first()
    check_words({to: ["-"]})
    if option is None or ProductOption.objects.filter(product=product, name=to).exists():
        raise Conflict("That option is not there, or the new word is.", details={"to": ["Taken."]})
    option.name = to
    option.save(update_fields=["name", "updated_at"])
    _rewrite(product, lambda options: {to if k == name else k: v for k, v in options.items()})
    _carry_translation(product, name, to)


@transaction.atomic
def rename_value(*, product: Product, option: str, value: str, to: str) -> None:
    """Another word for a value, also in variants and translations. Raises Invalid, Conflict."""
    locks.lock_product(product.pk)
    values = OptionValue.objects.filter(option__product=product, option__name=option)
    found = values.filter(value=value).first()
    check_words({option: [to]})
    if found is None or values.filter(value=to).exists():
        raise Conflict("That value is not there, or the new word is.", details={"to": ["Taken."]})
    found.value = to
    found.save(update_fields=["value", "updated_at"])
    _rewrite(
        product, lambda options: options | ({option: to} if options.get(option) == value else {})
    )
    _carry_translation(product, value, to)


def checked_combination(product: Product, options: Mapping[str, Any]) -> dict[str, str]:
    """A variant's options as they are kept; words that are new are added to the product's.

    The product is locked. Raises Invalid for what is no short text by a short name.
    """
    combination = {str(name).strip(): value for name, value in options.items()}
    for name, value in combination.items():
        if not isinstance(value, str):
            raise Invalid(
                "An option's value is text.", details={"options": [f"{name[:60]}: text."]}
            )
    chosen = {name: value.strip() for name, value in combination.items()}
    if len(chosen) > MOST_OPTIONS:
        raise Invalid(f"At most {MOST_OPTIONS} options.", details={"options": ["Too many."]})
    known = {
        option.name: option
        for option in ProductOption.objects.filter(product=product).prefetch_related("values")
    }
    words = {name: [value.value for value in option.values.all()] for name, option in known.items()}
    for name, value in chosen.items():
        words.setdefault(name, [])
        if value not in words[name]:
            words[name].append(value)
    check_words(words)
    _add_words(product, known, chosen)
    return chosen


def check_words(options: Mapping[str, Iterable[str]]) -> None:
    """Words as people can read them, each once."""
    refused: list[str] = []
    if len(options) > MOST_OPTIONS:
        refused.append(f"At most {MOST_OPTIONS} options.")
    for name, values in options.items():
        words = list(values)
        if not name.strip() or len(name) > NAME_LENGTH:
            refused.append(f"An option's name has 1 to {NAME_LENGTH} characters.")
        if not words or len(words) > MOST_VALUES:
            refused.append(f"{name[:NAME_LENGTH]}: 1 to {MOST_VALUES} values.")
        if any(not word.strip() or len(word) > VALUE_LENGTH for word in words):
            refused.append(f"{name[:NAME_LENGTH]}: values have 1 to {VALUE_LENGTH} characters.")
        if len({word.casefold() for word in words}) < len(words):
            refused.append(f"{name[:NAME_LENGTH]}: a value is named twice.")
    if len({name.casefold() for name in options}) < len(options):
        refused.append("An option is named twice.")
    if refused:
        raise Invalid("These options cannot be.", details={"options": refused})


def _refuse_lost_words(product: Product, options: Mapping[str, Sequence[str]]) -> None:
    lost = [
        variant.sku
        for variant in Variant.objects.filter(product=product, is_active=True)
        if any(value not in options.get(name, ()) for name, value in variant.options.items())
    ]
    if lost:
        raise Conflict(
            f"Still sold by what you take away: {', '.join(lost[:5])}. Take these off sale first.",
            details={"options": [f"Used by {sku}." for sku in lost[:20]]},
        )


def _add_words(
    product: Product, known: Mapping[str, ProductOption], chosen: Mapping[str, str]
) -> None:
    for name, value in chosen.items():
        option = known.get(name) or ProductOption.objects.create(
            product=product,
            name=name,
            position=ProductOption.objects.filter(product=product).count(),
        )
        OptionValue.objects.get_or_create(
            option=option, value=value, defaults={"position": option.values.count()}
        )


def _rewrite(product: Product, change: Any) -> None:
    variants = list(Variant.objects.filter(product=product))
    for variant in variants:
        variant.options = change(variant.options)
    Variant.objects.bulk_update(variants, ["options"])


def _carry_translation(product: Product, word: str, to: str) -> None:
    translations = list(product.translations.all())
    for translation in translations:
        if word in translation.options:
            translation.options[to] = translation.options.pop(word)
            translation.save(update_fields=["options", "updated_at"])
