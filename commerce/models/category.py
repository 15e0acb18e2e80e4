"""The shelves: a tree of categories."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from tree_queries.fields import TreeNodeForeignKey
from tree_queries.query import TreeQuerySet

from core.models import BaseModel


class CategoryQuerySet(TreeQuerySet):
    """Composable questions about the tree."""

    def in_tree_order(self) -> "CategoryQuerySet":
        """Each category after its parent, siblings in the order staff gave them; with
        `tree_depth` and `tree_path`."""
        return self.with_tree_fields().order_siblings_by("position", "name")


class Category(BaseModel):  # type: ignore[django-manager-missing]  # untyped library
    """A shelf. `path` holds the slugs from the root down ("home/kitchen"): a readable address, and
    a whole branch of products is one prefix search; services/catalogue keeps it."""

    parent: "models.ForeignKey[Any, Any]" = TreeNodeForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=100)
    path = models.CharField(max_length=500, unique=True, editable=False)
    position = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Among its siblings; the smallest comes first"
    )

    objects: ClassVar[Any] = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "slug"],
                name="commerce_category_slug_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="commerce_category_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
            ),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def depth(self) -> int:
        """0 for a root."""
        return self.path.count("/")
