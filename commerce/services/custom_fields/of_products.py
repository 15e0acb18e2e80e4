"""Custom fields of products: which apply, and what a product says of them.

Whoever writes values holds the tree's lock together with all others who do, so that no definition
changes meanwhile (commerce/locks.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, Q

from commerce import locks
from commerce.custom_fields import Field, merged, missing_in
from commerce.custom_fields.values import refusal
from commerce.enums import FieldType, ProductStatus
from commerce.models import Category, FieldDefinition, Product


def definitions_for(category: Category | None) -> list[FieldDefinition]:
    """Those that count for products in a category: of all products, then from the root down to it.
    One query, however deep it stands."""
    path = category.path if category is not None else ""
    slugs = path.split("/") if path else []
    branch = ["/".join(slugs[:depth]) for depth in range(1, len(slugs) + 1)]
    found = FieldDefinition.objects.filter(
        Q(category=None) | Q(category__path__in=branch), archived_at=None
    )
    return list(
        found.select_related("category").order_by(
            F("category__path").asc(nulls_first=True), "position", "key"
        )
    )


def fields_for(category: Category | None) -> list[Field]:
    """The same, ready to check values with."""
    return [as_field(definition) for definition in definitions_for(category)]


def as_field(definition: FieldDefinition) -> Field:
    """A definition without its row."""
    return Field(
        key=definition.key,
        type=FieldType(definition.type),
        label=definition.label,
        help_text=definition.help_text,
        required=definition.required,
        choices=tuple(choice["value"] for choice in definition.choices),
        choice_labels={choice["value"]: choice["label"] for choice in definition.choices},
        minimum=definition.minimum,
        maximum=definition.maximum,
        earliest=definition.earliest,
        latest=definition.latest,
        decimals=definition.decimals,
        unit=definition.unit,
    )


def check_new(product: Product, given: Mapping[str, Any]) -> None:
    """Put the values of a product that is not saved yet in place. Part of a transaction.

    Raises Invalid naming values that do not fit, and, for a product on sale, those missing.
    """
    locks.lock_tree(shared=True)
    fields = fields_for(product.category)
    product.custom_fields = merged(fields, given=given, held={})
    _refuse_missing(product, fields)


def check_change(product: Product, changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` of a product with the values laid over those it holds now. Part of a transaction;
    `product` shows the other changes already.

    Required values are asked of a product on sale when its values, its category or its status
    change: a new definition takes nothing out of the shop, and a new price asks for nothing.
    Raises Invalid.
    """
    if not {"custom_fields", "category", "status"} & set(changes):
        return dict(changes)
    locks.lock_tree(shared=True)
    rows = Product.objects.select_for_update(of=("self",), no_key=True).filter(pk=product.pk)
    held = rows.values_list("custom_fields", flat=True).get()
    fields = fields_for(product.category)
    product.custom_fields = merged(fields, given=changes.get("custom_fields") or {}, held=held)
    _refuse_missing(product, fields)
    if "custom_fields" not in changes:
        return dict(changes)
    return dict(changes) | {"custom_fields": product.custom_fields}


def _refuse_missing(product: Product, fields: Sequence[Field]) -> None:
    if product.status != ProductStatus.ACTIVE:
        return
    missing = missing_in(fields, product.custom_fields)
    if missing:
        raise refusal({key: ["A product on sale must say it."] for key in missing})


def types_of(keys: set[str]) -> dict[str, FieldType]:
    """The types of keys that some definition asks for. A key has one type everywhere."""
    found = FieldDefinition.objects.filter(key__in=keys, archived_at=None)
    return {key: FieldType(kind) for key, kind in found.values_list("key", "type").distinct()}
