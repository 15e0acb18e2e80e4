"""The tree of categories: placed, moved with all below, put in order, taken away.

The tree itself is django-tree-queries' affair (ancestors, descendants, depth); `path` is ours: a
readable address that is unique and makes a whole branch one prefix search. Whoever changes the
tree holds its one lock, so that two moves at once make no circle.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max, Value
from django.db.models.deletion import ProtectedError
from django.db.models.functions import Concat, Length, Now, Substr

from commerce import locks
from commerce.models import Category, Product
from commerce.services.custom_fields.definitions import refuse_double_keys
from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound

DEEPEST = 6  # shelves in shelves; more than people find their way in
LONGEST = 500  # characters of a path
STEP = 10  # between siblings


def check_place(category: Category, *, parent: Category | None) -> str:
    """The path a category would have under `parent`. Raises Invalid: inside itself, or too deep
    with what is below it."""
    if parent is not None and not category._state.adding:  # noqa: SLF001  - Django's own flag
        above = Category.objects.ancestors(parent, include_self=True).without_tree_fields()
        if above.filter(pk=category.pk).exists():
            raise Invalid(
                "A category cannot stand inside itself.", details={"parent": ["Its own."]}
            )
    path = f"{parent.path}/{category.slug}" if parent else category.slug
    own = _path_now(category)
    levels, length = path.count("/") + 1, len(path)
    if own:
        below = Category.objects.filter(path__startswith=f"{own}/")
        deepest = max((at.count("/") for at in below.values_list("path", flat=True)), default=0)
        levels += max(deepest - own.count("/"), 0)
        longest = below.aggregate(most=Max(Length("path")))["most"] or 0
        length += max(longest - len(own), 0)
    if levels > DEEPEST:
        raise Invalid(f"At most {DEEPEST} levels.", details={"parent": ["Too deep."]})
    if length > LONGEST:
        raise Invalid("The path would be too long.", details={"slug": ["Shorter, please."]})
    return path


@transaction.atomic
def place_category(category: Category) -> Category:
    """Save a category where its parent says, and move all below it along; a new one, or one that
    comes from elsewhere, stands last among its siblings.

    Raises Invalid as above, Conflict when its parent has a category with this slug, or when a
    custom field would stand twice along the branch.
    """
    locks.lock_tree()
    before = Category.objects.filter(pk=category.pk).first()
    parent = category.parent
    if parent is not None:  # as it is now, under the lock
        parent = Category.objects.filter(pk=parent.pk).first()
        if parent is None:
            raise NotFound("That category is gone.")
        category.parent = parent
    category.path = check_place(category, parent=parent)
    if before is not None and before.parent_id != category.parent_id:
        refuse_double_keys(category, parent=parent)
    if before is None or before.parent_id != category.parent_id:
        category.position = _last_position(category.parent_id) + STEP
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError:
        raise Conflict("That slug is taken there.", details={"slug": ["Taken."]}) from None
    if before is not None and before.path != category.path:
        Category.objects.filter(path__startswith=f"{before.path}/").update(
            path=Concat(Value(category.path), Substr("path", len(before.path) + 1)),
            updated_at=Now(),
        )
    if before is None or before.path != category.path:
        record_audit(
            action="category.move" if before else "category.create",
            resource=category,
            details={"path": category.path} | ({"from": before.path} if before else {}),
        )
    return category


@transaction.atomic
def change_category(*, category_id: UUID, changes: Mapping[str, Any]) -> Category:
    """Rename a category or move its branch (name, slug, parent). Raises NotFound, and as above."""
    locks.lock_tree()
    category = Category.objects.filter(pk=category_id).first()
    if category is None:
        raise NotFound("There is no such category.")
    for name, value in changes.items():
        setattr(category, name, value)
    return place_category(category)


@transaction.atomic
def order_siblings(*, parent_id: UUID | None, ids: Sequence[UUID]) -> None:
    """Put the categories under a parent (None: the roots) in this order. Those not named keep
    their order behind them. Raises Invalid for a name that does not stand there, or stands twice.
    """
    locks.lock_tree()
    there = list(
        Category.objects.filter(parent_id=parent_id)
        .order_by("position", "name")
        .values_list("pk", flat=True)
    )
    if len(set(ids)) != len(ids) or not set(ids) <= set(there):
        raise Invalid("Name categories of that parent, each once.", details={"order": ["Others."]})
    wanted = [*ids, *(pk for pk in there if pk not in set(ids))]
    rows = [Category(pk=pk, position=STEP * place) for place, pk in enumerate(wanted, start=1)]
    Category.objects.bulk_update(rows, ["position"])


@transaction.atomic
def remove_category(*, category_id: UUID) -> None:
    """Take an empty category away, with its custom fields. Raises NotFound, Conflict naming what
    still stands in it."""
    locks.lock_tree()
    category = Category.objects.filter(pk=category_id).first()
    if category is None:
        raise NotFound("There is no such category.")
    children = Category.objects.filter(parent=category).count()
    products = Product.objects.filter(category=category).count()
    if children or products:
        raise Conflict(
            f"It still holds {children} categories and {products} products. Move them first.",
            details={"categories": [str(children)], "products": [str(products)]},
        )
    try:
        with transaction.atomic():
            path = category.path
            category.delete()
    except (ProtectedError, IntegrityError):  # something came in meanwhile
        raise Conflict("Something was just put into it.") from None
    record_audit(
        action="category.remove", resource=f"category:{category_id}", details={"path": path}
    )


def _last_position(parent_id: UUID | None) -> int:
    last = Category.objects.filter(parent_id=parent_id).aggregate(last=Max("position"))["last"]
    return int(last or 0)


def _path_now(category: Category) -> str | None:
    return Category.objects.filter(pk=category.pk).values_list("path", flat=True).first()
