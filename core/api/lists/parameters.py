"""What a caller asked of a list, read and checked in one go: every mistake is named."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Model
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from core.api.lists.filters import LOOKUPS, BadFilter, Filter, Kind, condition, kind_of
from core.api.rows.rows import names_in, unknown
from core.languages import TAG, normal

SEARCH_LIMIT = 200
OFFSET_LIMIT = 100_000  # beyond it, a cursor costs nothing and an offset reads all rows before


@dataclass(slots=True)
class Parameters:
    """The checked wishes."""

    fields: list[str] = field(default_factory=list)
    expand: list[str] = field(default_factory=list)
    limit: int = 0
    offset: int | None = None
    cursor: str = ""
    ordering: list[str] = field(default_factory=list)
    search: str = ""
    conditions: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_detail(cls, view: Any, request: Request) -> "Parameters":
        """`fields` and `expand` only. Raises ValidationError."""
        reader = _Reader(view, request)
        reader.shape()
        return reader.result()

    @classmethod
    def of_list(cls, view: Any, request: Request, model: type[Model]) -> "Parameters":
        """All a list knows. Raises ValidationError naming each wrong parameter."""
        reader = _Reader(view, request)
        reader.shape()
        reader.page()
        reader.order()
        reader.filters(model)
        return reader.result()


class _Reader:
    """Takes known parameters out of the address; what is left at the end is unknown."""

    def __init__(self, view: Any, request: Request) -> None:
        self.view = view
        self.left: dict[str, list[str]] = dict(request.query_params.lists())
        self.wanted = Parameters()
        self.mistakes: dict[str, list[str]] = {}

    def take(self, name: str) -> str | None:
        values = self.left.pop(name, None)
        if values is None:
            return None
        if len(values) > 1:
            self.mistakes[name] = ["Give it once."]
            return None
        return values[0]

    def shape(self) -> None:
        rows = self.view.rows
        for name, known in (("fields", rows.columns | rows.expand), ("expand", rows.expand)):
            text = self.take(name)
            if text is None:
                continue
            names = names_in(text)
            strange = unknown(names, known)
            if strange:
                self.mistakes[name] = [f"Unknown: {', '.join(n[:64] for n in strange)}."]
            else:
                setattr(self.wanted, name, names)
        if self.view.multilingual:
            language = self.take("lang")
            if language and not TAG.match(normal(language)):
                self.mistakes["lang"] = ["Give a language tag such as fr or de-AT."]
        # a relation named in `fields` only stays what it is: its column, if there is one
        self.wanted.fields = [n for n in self.wanted.fields if n in rows.columns]

    def page(self) -> None:
        view = self.view
        self.wanted.limit = self._number("limit", view.default_limit, 1, view.max_limit)
        self.wanted.cursor = self.take("cursor") or ""
        if "offset" in self.left:
            self.wanted.offset = self._number("offset", 0, 0, OFFSET_LIMIT)
            if self.wanted.cursor:
                self.mistakes["offset"] = ["Give either offset or cursor."]

    def _number(self, name: str, default: int, low: int, high: int) -> int:
        text = self.take(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
            self.mistakes.setdefault(name, [f"Give a whole number from {low} to {high}."])
            return default
        return int(text)

    def order(self) -> None:
        view = self.view
        text = self.take("ordering")
        names = names_in(view.default_ordering if text is None else text)
        strange = unknown([n.removeprefix("-") for n in names], view.ordering)
        if text is not None and (strange or len(names) > 4):
            self.mistakes["ordering"] = [f"Give up to four of: {', '.join(view.ordering)}."]
            return
        self.wanted.ordering = names

    def filters(self, model: type[Model]) -> None:
        if self.view.search:
            self.wanted.search = self.take("search") or ""
            if len(self.wanted.search) > SEARCH_LIMIT:
                self.mistakes["search"] = [f"At most {SEARCH_LIMIT} characters."]
        declared: Any = type(self.view)  # mypy takes no class for hashable
        known = declared_filters(declared, model)
        for parameter in list(self.left):
            named = parameter in self.view.further
            if named or (self.view.prefixes and parameter.startswith(self.view.prefixes)):
                self.wanted.extra[parameter] = self.take(parameter) or ""
                continue
            name, lookup = _split(parameter, known)
            if name not in known:
                continue
            text = self.take(parameter)
            if text is None:
                continue
            source, kind = known[name]
            try:
                path, value = condition(source, kind, lookup, text)
            except BadFilter as exc:
                self.mistakes[parameter] = [str(exc)]
            else:
                self.wanted.conditions[path] = value

    def result(self) -> Parameters:
        for name in self.left:
            self.mistakes[name[:64]] = ["This parameter is not known here."]
        if self.mistakes:
            raise ValidationError(self.mistakes)
        return self.wanted


def _split(parameter: str, known: dict[str, Any]) -> tuple[str, str]:
    """`created_at__gte` as (created_at, gte); a declared name that holds `__` wins."""
    if parameter in known:
        return parameter, ""
    name, found, lookup = parameter.rpartition("__")
    return (name, lookup) if found and lookup in LOOKUPS else (parameter, "")


@lru_cache(maxsize=512)
def declared_filters(view: Any, model: type[Model]) -> dict[str, tuple[str, Kind]]:
    """Name -> (path, kind) of a list's filters, worked out once."""
    made: dict[str, tuple[str, Kind]] = {}
    for name, declared in view.filters.items():
        item = declared if isinstance(declared, Filter) else Filter(declared)
        made[name] = (item.source, item.kind or kind_of(model, item.source))
    return made
