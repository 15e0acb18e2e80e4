"""Categories placed in their tree."""

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Concat, Now, Substr

from commerce.models import Category
from core.errors import Conflict, Invalid

DEEPEST = 6  # shelves in shelves; more than people find their way in


def check_place(category: Category, *, parent: Category | None) -> str:
    """The path a category would have under `parent`. Raises Invalid: inside itself, or too deep."""
    own = _path_now(category)
    if parent and own and (parent.path == own or parent.path.startswith(f"{own}/")):
        raise Invalid("A category cannot stand inside itself.", details={"parent": ["Its own."]})
    path = f"{parent.path}/{category.slug}" if parent else category.slug
    if path.count("/") >= DEEPEST:
        raise Invalid(f"At most {DEEPEST} levels.", details={"parent": ["Too deep."]})
    return path


@transaction.atomic
def place_category(category: Category) -> Category:
    """Save a category where its parent says, and move all below it along.

    Raises Invalid as above, Conflict when its parent has a category with this slug.
    """
    own = _path_now(category)
    category.path = check_place(category, parent=category.parent)
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError:
        raise Conflict("That slug is taken there.", details={"slug": ["Taken."]}) from None
    if own and own != category.path:
        Category.objects.filter(path__startswith=f"{own}/").update(
            path=Concat(Value(category.path), Substr("path", len(own) + 1)), updated_at=Now()
        )
    return category


def _path_now(category: Category) -> str | None:
    return Category.objects.filter(pk=category.pk).values_list("path", flat=True).first()
