"""Embedding of related rows: one query per relation, however many rows there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

if TYPE_CHECKING:
    from core.api.rows.rows import Rows

MANY_LIMIT = 100  # embedded children per parent


@dataclass(frozen=True, slots=True)
class One:
    """`?expand=customer`: the row a foreign key points to, or null.

    `key` is the path of the foreign key on the listed model ("customer_id"), `to` the field it
    points to. The rows are fetched under the caller's identity: what they may not see is null.
    """

    rows: Rows
    queryset: Callable[[], QuerySet[Any]]
    key: str
    to: str = "pk"

    @property
    def parent_source(self) -> str:
        """What must be read of each listed row."""
        return self.key

    def fetch(self, keys: set[Any]) -> dict[Any, Any]:
        """Rows by key."""
        found = self.queryset().filter(**{f"{self.to}__in": keys})
        return dict(self.rows.keyed(found, self.to))

    def value(self, found: dict[Any, Any], key: Any) -> Any:
        """What is embedded."""
        return found.get(key)


@dataclass(frozen=True, slots=True)
class Many:
    """`?expand=lines`: the rows that point here, oldest first, at most `limit` per parent.

    `key` is the path of the foreign key on the child ("order_id").
    """

    rows: Rows
    queryset: Callable[[], QuerySet[Any]]
    key: str
    order: tuple[str, ...] = ("pk",)
    limit: int = MANY_LIMIT
    parent_source: str = "pk"

    def fetch(self, keys: set[Any]) -> dict[Any, Any]:
        """Lists of rows by parent."""
        ordered = [
            F(name.removeprefix("-")).desc() if name.startswith("-") else F(name).asc()
            for name in self.order
        ]
        place = Window(RowNumber(), partition_by=[F(self.key)], order_by=ordered)
        found = (
            self.queryset()
            .filter(**{f"{self.key}__in": keys})
            .annotate(_place=place)
            .filter(_place__lte=self.limit)
            .order_by(*self.order)
        )
        by_parent: dict[Any, list[Any]] = {}
        for parent, row in self.rows.keyed(found, self.key):
            by_parent.setdefault(parent, []).append(row)
        return by_parent

    def value(self, found: dict[Any, Any], key: Any) -> Any:
        """What is embedded."""
        return found.get(key, [])


Embedding = One | Many
