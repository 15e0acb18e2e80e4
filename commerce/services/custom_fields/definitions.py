"""Definitions of custom fields: added, changed, archived, removed.

Along a branch a key is defined once, and everywhere it has one type: what a product says under a
key, and what `cf.<key>` asks for, is never in doubt. What is in use is not pulled from under it.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from commerce import locks
from commerce.custom_fields.checks import check_definition
from commerce.enums import CHOOSING, FieldType
from commerce.models import Category, FieldDefinition, Product
from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound

MOST = 100  # definitions of one category
STEP = 10


@transaction.atomic
def add_field(*, category_id: UUID | None = None, **values: Any) -> FieldDefinition:
    """A custom field of a category and all below it; without one, of all products.

    Raises NotFound, Invalid naming what is wrong with the definition, Conflict when the key stands
    along the branch already or has another type elsewhere.
    """
    locks.lock_tree()
    category = _category(category_id)
    definition = FieldDefinition(category=category, **values)
    check_definition(definition)
    _refuse_double(definition)
    siblings = FieldDefinition.objects.filter(category=category)
    if siblings.count() >= MOST:
        raise Conflict(f"A category has {MOST} custom fields at most.")
    if not values.get("position"):
        last = siblings.order_by("-position").values_list("position", flat=True).first()
        definition.position = (last or 0) + STEP
    _save(definition)
    _record("add", definition, {"type": definition.type})
    return definition


@transaction.atomic
def change_field(*, definition_id: UUID, changes: Mapping[str, Any]) -> FieldDefinition:
    """Change a definition; `archived` true no longer asks for it and keeps what products hold.

    Raises as above, and Conflict with the number of products when the key, the type or a choice
    is changed away from under their values.
    """
    locks.lock_tree()
    definition = FieldDefinition.objects.filter(pk=definition_id).first()
    if definition is None:
        raise NotFound("There is no such custom field.")
    changes = dict(changes)
    before = {name: getattr(definition, name) for name in ("key", "type", "choices")}
    if "archived" in changes:
        archived = changes.pop("archived")
        changes["archived_at"] = (definition.archived_at or timezone.now()) if archived else None
    for name, value in changes.items():
        setattr(definition, name, value)
    check_definition(definition)
    _refuse_double(definition)
    _refuse_pulling_away(definition, before)
    _save(definition)
    _record("change", definition, {"fields": sorted(changes)})
    return definition


@transaction.atomic
def remove_field(*, definition_id: UUID) -> None:
    """Take a definition away that no product uses. Raises NotFound, Conflict with the number of
    products that do: archive it instead."""
    locks.lock_tree()
    definition = FieldDefinition.objects.filter(pk=definition_id).first()
    if definition is None:
        raise NotFound("There is no such custom field.")
    using = using_products(definition).count()
    if using:
        raise Conflict(
            f"{using} products say their {definition.key}. Archive the field instead.",
            details={"products": [str(using)]},
        )
    definition.delete()
    _record("remove", f"fielddefinition:{definition_id}", {"key": definition.key})


def check_field(definition: FieldDefinition) -> None:
    """Raise what saving this (changed or new) definition would: for forms that ask beforehand.
    The caller holds the tree's lock."""
    check_definition(definition)
    _refuse_double(definition)
    before = (
        FieldDefinition.objects.filter(pk=definition.pk).values("key", "type", "choices").first()
    )
    if before is not None:
        _refuse_pulling_away(definition, before)


def using_products(definition: FieldDefinition, key: str = "") -> Any:
    """Products of the branch with a value under the definition's key."""
    return _of_branch(definition).filter(custom_fields__has_key=key or definition.key)


def refuse_double_keys(category: Category, *, parent: Category | None) -> None:
    """A branch that moves brings no key along that stands above its new place. Raises Conflict."""
    if parent is None or category._state.adding:  # noqa: SLF001  - Django's own flag
        return
    own = Category.objects.filter(pk=category.pk).values_list("path", flat=True).get()
    brought = FieldDefinition.objects.filter(
        Q(category=category) | Q(category__path__startswith=f"{own}/")
    )
    above = FieldDefinition.objects.filter(category__path__in=_branch(parent.path))
    above = above.exclude(pk__in=brought.values("pk"))
    both = sorted(
        set(brought.values_list("key", flat=True)) & set(above.values_list("key", flat=True))
    )
    if both:
        raise Conflict(
            f"Custom fields would stand twice along the branch: {', '.join(both)}.",
            details={"parent": [f"Defines {key} already." for key in both]},
        )


def _refuse_double(definition: FieldDefinition) -> None:
    others = FieldDefinition.objects.filter(key=definition.key).exclude(pk=definition.pk)
    category = definition.category
    along = others.filter(category=None)
    if category is None:
        along = others
    else:
        along |= others.filter(category__path__in=_branch(category.path))
        along |= others.filter(category__path__startswith=f"{category.path}/")
    double = along.select_related("category").first()
    if double is not None:
        where = double.category.path if double.category else "all products"
        raise Conflict(
            f"{definition.key} is defined for {where} already.",
            details={"key": [f"Defined for {where}."]},
        )
    typed = others.exclude(type=definition.type).first()
    if typed is not None:
        raise Conflict(
            f"Elsewhere {definition.key} is of the type {typed.type}; a key has one type.",
            details={"type": [f"{typed.type}, as elsewhere."]},
        )


def _refuse_pulling_away(definition: FieldDefinition, before: Mapping[str, Any]) -> None:
    changed = [name for name in ("key", "type") if getattr(definition, name) != before[name]]
    if changed:
        using = using_products(definition, before["key"]).count()
        if using:
            raise Conflict(
                f"{using} products say their {before['key']}. Define another field instead.",
                details={name: [f"In use by {using} products."] for name in changed},
            )
        return
    if definition.type not in CHOOSING:
        return
    left = {choice["value"] for choice in definition.choices}
    in_use = {}
    for value in [c["value"] for c in before["choices"] if c["value"] not in left]:
        held: Any = [value] if definition.type == FieldType.MULTI_CHOICE else value
        using = (
            _of_branch(definition).filter(custom_fields__contains={definition.key: held}).count()
        )
        if using:
            in_use[value] = using
    if in_use:
        told = ", ".join(f"{value} ({number} products)" for value, number in in_use.items())
        raise Conflict(
            f"Choices are in use: {told}.",
            details={"choices": [f"{v}: {n} products." for v, n in in_use.items()]},
        )


def _of_branch(definition: FieldDefinition) -> Any:
    if definition.category_id is None:
        return Product.objects.all()
    path = Category.objects.filter(pk=definition.category_id).values_list("path", flat=True).get()
    return Product.objects.filter(
        Q(category_id=definition.category_id) | Q(category__path__startswith=f"{path}/")
    )


def _branch(path: str) -> list[str]:
    slugs = path.split("/")
    return ["/".join(slugs[:depth]) for depth in range(1, len(slugs) + 1)]


def _category(category_id: UUID | None) -> Category | None:
    if category_id is None:
        return None
    category = Category.objects.filter(pk=category_id).first()
    if category is None:
        raise NotFound("There is no such category.")
    return category


def _save(definition: FieldDefinition) -> None:
    try:
        with transaction.atomic():
            definition.save()
    except IntegrityError:  # a rule of the database that was not foreseen above
        raise Invalid("The definition breaks a rule of the record.") from None


def _record(deed: str, definition: FieldDefinition | str, details: dict[str, Any]) -> None:
    if isinstance(definition, FieldDefinition):
        details = {"key": definition.key} | details
    record_audit(action=f"field.{deed}", resource=definition, details=details)
