"""Variants that are there, brought up to date: their plain columns, and the words of options."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now

from commerce.models import OptionValue, Price, Product, ProductOption, Variant
from commerce.models.options import MOST_OPTIONS, MOST_VALUES
from commerce.services.catalogue.variants import taken
from core.audit import record_audit
from core.errors import Invalid

NAME_LENGTH, VALUE_LENGTH = 60, 100


def check_words(words: Mapping[str, Iterable[str]]) -> None:
    """Raises Invalid for too many options or values, or words too long to be read."""
    if len(words) > MOST_OPTIONS:
        raise Invalid(f"At most {MOST_OPTIONS} options.")
    for name, values in words.items():
        if not 0 < len(name.strip()) <= NAME_LENGTH:
            raise Invalid(f"An option's name has 1 to {NAME_LENGTH} characters.")
        found = list(values)
        if len(found) > MOST_VALUES:
            raise Invalid(f"{name}: at most {MOST_VALUES} values.")
        if any(not 0 < len(value.strip()) <= VALUE_LENGTH for value in found):
            raise Invalid(f"{name}: values have 1 to {VALUE_LENGTH} characters.")


@transaction.atomic
def change_plain(variant: Variant, changes: Mapping[str, Any]) -> None:
    """Set columns of a variant. Raises Conflict for a combination that another has, Invalid."""
    for name, value in changes.items():
        setattr(variant, name, value)
    variant.clean_fields(exclude=["vendor", "product"])
    if "options" in changes:
        add_words(variant.product, variant.options)
    try:
        with transaction.atomic():
            variant.save(update_fields=[*changes, "updated_at"])
    except IntegrityError as error:
        raise taken(error) from None
    record_audit(action="variant.change", resource=variant, details={"fields": sorted(changes)})


def add_words(product: Product, options: Mapping[str, str]) -> None:
    """Options and values of a variant that the product does not name yet. Raises Invalid."""
    known: dict[str, list[str]] = {}
    for option in ProductOption.objects.filter(product=product).prefetch_related("values"):
        known[option.name] = [value.value for value in option.values.all()]
    wanted = {name: [*known.get(name, []), value] for name, value in options.items()}
    check_words(known | {name: dict.fromkeys(values) for name, values in wanted.items()})
    for name, value in options.items():
        option, _ = ProductOption.objects.get_or_create(
            product=product, name=name, defaults={"position": len(known)}
        )
        known.setdefault(name, [])
        if value not in known[name]:
            OptionValue.objects.get_or_create(
                option=option, value=value, defaults={"position": len(known[name])}
            )


def stop_selling_in(variant_id: UUID, currency: str) -> None:
    """From now on it has no price in that currency; one that was planned is given up."""
    prices = Price.objects.filter(variant_id=variant_id, currency=currency)
    prices.filter(valid_from__gt=Now()).delete()
    in_force = prices.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=Now()))
    in_force.update(valid_to=Now(), updated_at=Now())
