"""What a category looks like in the API, and what of the tree may be embedded."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from commerce.models import Category
from commerce.wording import category_names
from core.api.rows import Column, Fill, Many, One, Rows, made
from core.api.rows.expand import Many as ManyRows

FEW = {
    "id": "id", "name": "name", "slug": "slug", "path": "path", "position": "position",
}  # fmt: skip


def _depth(path: str) -> int:
    return path.count("/")


def _named(rows: dict[Any, dict[str, Any]], _names: Collection[str]) -> None:
    """Names in the best language there is, of those that are read."""
    for category_id, name in category_names(list(rows)).items():
        rows[category_id]["name"] = name


NAMES = Fill(frozenset({"name"}), _named)
NEIGHBOURS = Rows(columns=FEW, model=Category, fill=NAMES)


@dataclass(frozen=True, slots=True)
class Ancestors(ManyRows):
    """`?expand=ancestors`: from the root down to the parent. A path names all above it, so that a
    whole page is one query however deep its categories stand."""

    def fetch(self, keys: set[Any]) -> dict[Any, Any]:
        """Rows by path."""
        above = {path for key in keys for path in _above(key)}
        found = self.queryset().filter(path__in=above)
        return {row["path"]: row for _, row in self.rows.keyed(found, "path")}

    def value(self, found: dict[Any, Any], key: Any) -> Any:
        """In order."""
        return [found[path] for path in _above(key) if path in found]


def _above(path: str) -> list[str]:
    slugs = path.split("/")
    return ["/".join(slugs[:depth]) for depth in range(1, len(slugs))]


CATEGORIES = Rows(
    columns={
        "id": "id", "parent": "parent_id", "name": "name", "slug": "slug", "path": "path",
        "depth": made(_depth, "path", schema={"type": "integer", "description": "0 for a root"}),
        "position": Column(
            ("position",), schema={"type": "integer", "description": "Among its siblings"}
        ),
    },
    expand={
        "parent": One(NEIGHBOURS, Category.objects.all, key="parent_id"),
        "children": Many(
            NEIGHBOURS, Category.objects.all, key="parent_id", order=("position", "name")
        ),
        "ancestors": Ancestors(
            NEIGHBOURS, Category.objects.all, key="path", parent_source="path"
        ),
    },
    model=Category,
    fill=NAMES,
)  # fmt: skip
