"""Rows of an answer without a serializer layer: a declared column map, read with `values_list`.

    ORDERS = Rows(
        columns={"id": "id", "number": "number", "total": money("total_minor"),
                 "customer": "customer_id", "created_at": "created_at"},
        expand={"lines": Many(LINES, OrderLine.objects.all, key="order_id"),
                "customer": One(CUSTOMERS, Customer.objects.all, key="customer_id")},
    )
    ORDERS.one(Order.objects.filter(pk=order.pk))        # dict, or NotFound
    ORDERS.all(Order.objects.filter(status="paid"))      # list of dicts

Model instances and ModelSerializers cost five times the query (measured); this does not build any.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.db.models import Model, QuerySet

from core.api.rows.columns import Column, Fill, column
from core.api.rows.expand import Embedding
from core.errors import NotFound


class Rows:
    """What one kind of thing looks like in the API."""

    def __init__(
        self,
        *,
        columns: Mapping[str, str | Column],
        expand: Mapping[str, Embedding] | None = None,
        model: type[Model] | None = None,
        fill: Fill | None = None,
    ) -> None:
        """`model` is only for the OpenAPI document, where no view with `queryset_for` tells it."""
        self.model = model
        self.fill = fill
        self.columns = {name: column(declared) for name, declared in columns.items()}
        self.expand = dict(expand or {})
        self._plan = lru_cache(maxsize=128)(self._make_plan)

    def all(
        self,
        queryset: QuerySet[Any],
        *,
        fields: Collection[str] = (),
        expand: Collection[str] = (),
    ) -> list[dict[str, Any]]:
        """All rows of a queryset (the caller limits it), with the wanted fields and embeddings."""
        plan = self.plan(fields, expand)
        return self.built(plan, list(queryset.values_list(*plan.sources)), expand)

    def one(
        self,
        queryset: QuerySet[Any],
        *,
        fields: Collection[str] = (),
        expand: Collection[str] = (),
    ) -> dict[str, Any]:
        """The first row. Raises NotFound."""
        rows = self.all(queryset[:1], fields=fields, expand=expand)
        if not rows:
            raise NotFound("There is no such thing, or it is not yours to see.")
        return rows[0]

    def plan(
        self, fields: Collection[str], expand: Collection[str], extra: tuple[str, ...] = ()
    ) -> "Plan":
        """Which paths to read for these wishes; `extra` paths are read but not shown."""
        return self._plan(tuple(fields), tuple(expand), extra)

    def built(
        self, plan: "Plan", raw: list[tuple[Any, ...]], expand: Collection[str]
    ) -> list[dict[str, Any]]:
        """Rows of the values that were read, with what is embedded."""
        rows = [plan.build(values) for values in raw]
        self._filled(plan, raw, rows)
        for name in expand:
            place = plan.sources.index(self._key(name))
            self._embed(name, rows, [values[place] for values in raw])
        return rows

    def keyed(self, queryset: QuerySet[Any], key: str) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Pairs of (value of `key`, row)."""
        plan = self.plan((), (), (key,))
        raw = list(queryset.values_list(*plan.sources))
        for values, row in zip(raw, self.built(plan, raw, ()), strict=True):
            yield plan.extra_of(values)[0], row

    def _filled(self, plan: "Plan", raw: list[tuple[Any, ...]], rows: list[dict[str, Any]]) -> None:
        """Let what comes from elsewhere be put in."""
        if self.fill is not None and plan.filled and rows:
            by_key = {values[plan.own_key]: row for values, row in zip(raw, rows, strict=True)}
            self.fill.fill(by_key, plan.filled)

    def _key(self, name: str) -> str:
        return self.expand[name].parent_source

    def _embed(self, name: str, rows: list[dict[str, Any]], keys: list[Any]) -> None:
        """Put related rows in place, with one query."""
        embedding = self.expand[name]
        wanted = {key for key in keys if key is not None}
        found = embedding.fetch(wanted) if wanted else {}
        for row, key in zip(rows, keys, strict=True):
            row[name] = embedding.value(found, key)

    def _make_plan(
        self, fields: tuple[str, ...], expand: tuple[str, ...], extra: tuple[str, ...]
    ) -> "Plan":
        chosen = {name: self.columns[name] for name in (fields or self.columns)}
        wanted = [source for item in chosen.values() for source in item.sources]
        filled = tuple(name for name in chosen if self.fill and name in self.fill.names)
        # a window's query reads a column once, whatever it is called: no "pk" beside an "id"
        own_key = "id" if "id" in wanted else "pk"
        if filled:
            wanted.append(own_key)
        sources = list(dict.fromkeys([*wanted, *[self._key(name) for name in expand], *extra]))
        place = {source: position for position, source in enumerate(sources)}
        return Plan(
            sources=sources,
            build=_builder(chosen, place),
            extra=[place[source] for source in extra],
            filled=filled,
            own_key=place[own_key] if filled else -1,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """Which paths to read, how their values become a dict, where the extra ones stand, what is
    filled in afterwards, and where the row's own key stands for that."""

    sources: list[str]
    build: Callable[[tuple[Any, ...]], dict[str, Any]]
    extra: list[int]
    filled: tuple[str, ...] = ()
    own_key: int = -1

    def extra_of(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The values of the extra paths."""
        return tuple([values[place] for place in self.extra])


def _builder(
    chosen: Mapping[str, Column], place: Mapping[str, int]
) -> Callable[[tuple[Any, ...]], dict[str, Any]]:
    """Made columns are computed and put behind the values; then one pick brings all into order."""
    names = list(chosen)
    picks: list[int] = []
    makers: list[tuple[Callable[..., Any], list[int]]] = []
    for item in chosen.values():
        places = [place[source] for source in item.sources]
        if item.make is None:
            picks.append(places[0])
        else:
            picks.append(len(place) + len(makers))
            makers.append((item.make, places))
    pick = itemgetter(*picks) if len(picks) > 1 else lambda values: (values[picks[0]],)

    def build(values: tuple[Any, ...]) -> dict[str, Any]:
        read = values[: len(place)]
        made = tuple([make(*[read[at] for at in places]) for make, places in makers])
        return dict(zip(names, pick(read + made), strict=True))

    return build


def names_in(text: str) -> list[str]:
    """The names of a comma list, without repeats."""
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def unknown(names: Iterable[str], known: Collection[str]) -> list[str]:
    """The names nobody declared."""
    return [name for name in names if name not in known]
