"""The query of one page, built from what was asked; the same build makes the prepared statement."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from core.api.lists.counting import CountUpTo
from core.api.lists.cursor import Key, Position, beyond

COUNT = "_count"  # the annotation that brings the count along
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that shapes a page's query, apart from the queryset it starts from."""

    sources: tuple[str, ...]
    keys: tuple[Key, ...]
    conditions: tuple[tuple[str, Any], ...]  # (path with lookup, value)
    words: tuple[str, ...]
    word_paths: tuple[str, ...]
    position: Position | None
    limit: int
    offset: int
    counts: bool  # bring the number of rows along

    def narrowed(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filters and search."""
        return narrowed(queryset, self.conditions, self.words, self.word_paths)

    def page(self, everything: QuerySet[Any]) -> QuerySet[Any]:
        """The rows from the page's beginning on, of a narrowed queryset; see `cut`."""
        rows = everything.filter(beyond(self.keys, self.position)) if self.position else everything
        if self.counts:
            rows = rows.annotate(**{COUNT: CountUpTo(everything)})
        rows = rows.order_by(*order(self.keys, backwards=self.backwards))
        sources = (*self.sources, COUNT) if self.counts else self.sources
        return rows.values_list(*sources)

    @property
    def cut(self) -> slice:
        """The page, and one row more that tells whether there is a next one."""
        return slice(self.offset, self.offset + self.limit + 1)

    @property
    def backwards(self) -> bool:
        """Whether the page lies before the position."""
        return bool(self.position and self.position.backwards)

    def with_values(self, change: Callable[[str, Any], Any]) -> "Asked":
        """The same with each single value exchanged: `change(path, value)`."""
        conditions = tuple(
            (
                path,
                [change(path, item) for item in value]
                if isinstance(value, list)
                else change(path, value),
            )
            for path, value in self.conditions
        )
        words = tuple([change("__icontains", word) for word in self.words])
        position = self.position
        if position:
            values = [
                change(key.path, value)
                for key, value in zip(self.keys, position.values, strict=True)
            ]
            position = replace(position, values=tuple(values))
        return replace(self, conditions=conditions, words=words, position=position)


def narrowed(
    queryset: QuerySet[Any],
    conditions: Iterable[tuple[str, Any]],
    words: Iterable[str],
    word_paths: Sequence[str],
) -> QuerySet[Any]:
    """What meets all conditions and has every word in one of the paths."""
    if at_once := dict(conditions):
        queryset = queryset.filter(**at_once)
    for word in words:
        found = Q()
        for path in word_paths:
            found |= Q(**{f"{path}__icontains": word})
        queryset = queryset.filter(found)
    return queryset


def order(keys: Sequence[Key], *, backwards: bool) -> list[str]:
    """For `order_by`."""
    return [f"-{key.path}" if key.descending != backwards else key.path for key in keys]
