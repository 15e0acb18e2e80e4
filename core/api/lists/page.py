"""One page of a list: narrow, order, cut, count; two ways of turning pages."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from core.api.lists import counting, cursor
from core.api.lists.cursor import Key, Position
from core.api.lists.parameters import Parameters
from core.api.lists.prepared import ready
from core.api.lists.query import MOST_WORDS, Asked, narrowed
from core.api.rows.paths import field_at_end, may_be_null

Values = tuple[Any, ...]


@dataclass(slots=True)
class Found:
    """The rows of a page as tuples (one more than asked, if there are more) and their number."""

    rows: list[Values]
    count: int
    estimated: bool


def page_of(view: Any, request: Request) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Rows and meta. Raises ValidationError."""
    start, wanted = _start(view, request)
    model: type[Model] = start.model
    kind: Any = type(view)  # mypy takes no class for hashable
    keys = keys_of(kind, model, tuple(wanted.ordering))
    purpose = f"{type(view).__qualname__} {','.join(wanted.ordering)}"
    position = _position(wanted.cursor, purpose, keys, model)
    plan = view.rows.plan(wanted.fields, wanted.expand, tuple([key.path for key in keys]))
    asked = Asked(
        sources=tuple(plan.sources),
        keys=keys,
        conditions=tuple(wanted.conditions.items()),
        words=_words(wanted),
        word_paths=tuple(view.search),
        position=position,
        limit=wanted.limit,
        offset=wanted.offset or 0,
        counts=True,
    )
    found = find(start, asked)
    more = len(found.rows) > wanted.limit
    raw = found.rows[: wanted.limit]
    if asked.backwards:
        raw.reverse()
    rows = view.rows.built(plan, raw, wanted.expand)
    if wanted.offset is not None:
        meta = _offset_links(request, wanted, wanted.offset, more=more)
    else:
        sides = [plan.extra_of(values) for values in (raw[0], raw[-1])] if raw else []
        meta = _cursor_links(request, position, sides, purpose, more=more)
    meta["count"] = found.count
    if found.estimated:
        meta["count_is_estimate"] = True
    return rows, meta


def everything(view: Any, request: Request) -> QuerySet[Any]:
    """All that the list's filters and search find, on whichever page, for who looks at it another
    way; unordered. Raises ValidationError as the list does."""
    start, wanted = _start(view, request)
    return narrowed(start, wanted.conditions.items(), _words(wanted), view.search)


def _start(view: Any, request: Request) -> tuple[QuerySet[Any], Parameters]:
    """What there is for this caller, and what they ask of it."""
    start = view.queryset_for(request)
    wanted = Parameters.of_list(view, request, start.model)
    return view.narrow(start, wanted.extra) if wanted.extra else start, wanted


def _words(wanted: Parameters) -> tuple[str, ...]:
    return tuple(wanted.search.split()[:MOST_WORDS])


@lru_cache(maxsize=1024)
def keys_of(view: Any, model: type[Model], ordering: tuple[str, ...]) -> tuple[Key, ...]:
    """The full order: what was asked, then the primary key in the direction of the last."""
    keys = []
    for name in ordering:
        bare = name.removeprefix("-")
        path = view.ordering_sources.get(bare, bare)
        keys.append(Key(path, name != bare, may_be_null(model, path)))
    if not any(key.path in {"pk", "id"} for key in keys):
        keys.append(Key("pk", keys[-1].descending if keys else False, nullable=False))
    return tuple(keys)


def find(start: QuerySet[Any], asked: Asked) -> Found:
    """Run the page's query, by a prepared statement where there can be one."""
    kind = ready(start, asked)
    if kind is None:
        return _find_anew(start, asked)
    known = counting.remembered_estimate(kind.counted)
    statement = kind.statement(counts=known is None)
    if statement is None:
        return _find_anew(start, asked)
    rows = statement.rows(kind.values, asked.cut)
    if known is not None:
        return Found(rows, known, estimated=True)
    number = _number(rows, start, asked)
    if number <= counting.COUNT_EXACTLY_UP_TO:
        return Found(rows, number, estimated=False)
    sql = statement.everything
    guess = counting.estimate(kind.counted, sql.text, sql.bound(kind.values), at_least=number)
    return Found(rows, guess, estimated=True)


def _find_anew(start: QuerySet[Any], asked: Asked) -> Found:
    """The same for querysets that are compiled each time."""
    everything = asked.narrowed(start)
    rows = list(asked.page(everything)[asked.cut])
    number = _number(rows, start, asked)
    if number <= counting.COUNT_EXACTLY_UP_TO:
        return Found(rows, number, estimated=False)
    text, params = everything.order_by().values("pk").query.sql_with_params()
    key = (text, str(params))
    guess = counting.remembered_estimate(key)
    if guess is None:
        guess = counting.estimate(key, text, params, at_least=number)
    return Found(rows, guess, estimated=True)


def _number(rows: list[Values], start: QuerySet[Any], asked: Asked) -> int:
    """What CountUpTo found. Beyond the last page nothing brings it along."""
    if rows:
        return int(rows[0][-1])
    if not asked.position and not asked.offset:
        return 0
    return asked.narrowed(start).order_by()[: counting.COUNT_EXACTLY_UP_TO + 1].count()


def _position(
    text: str, purpose: str, keys: tuple[Key, ...], model: type[Model]
) -> Position | None:
    if not text:
        return None
    try:
        position = cursor.read(text, purpose=purpose, width=len(keys))
    except cursor.BadCursor:
        raise ValidationError(
            {"cursor": ["This is no cursor of this list in this order. Begin without one."]}
        ) from None
    values = [
        _typed(model, key.path, value) for key, value in zip(keys, position.values, strict=True)
    ]
    return Position(tuple(values), position.backwards)


def _typed(model: type[Model], path: str, value: Any) -> Any:
    """JSON knows no times and no UUIDs; the field does."""
    field = field_at_end(model, path)
    return value if value is None or field is None else field.to_python(value)


def _cursor_links(
    request: Request,
    position: Position | None,
    sides: list[Values],
    purpose: str,
    *,
    more: bool,
) -> dict[str, Any]:
    backwards = bool(position and position.backwards)

    def link(side: int, *, back: bool, present: bool) -> str | None:
        if not present or not sides:
            return None
        at = Position(sides[side], backwards=back)
        return _link(request, "cursor", cursor.write(at, purpose=purpose))

    return {
        "next": link(-1, back=False, present=more or backwards),
        "previous": link(0, back=True, present=more if backwards else position is not None),
    }


def _offset_links(
    request: Request, wanted: Parameters, offset: int, *, more: bool
) -> dict[str, Any]:
    return {
        "next": _link(request, "offset", offset + wanted.limit) if more else None,
        "previous": _link(request, "offset", max(offset - wanted.limit, 0)) if offset else None,
    }


def _link(request: Request, name: str, value: Any) -> str:
    """This address with another place in it."""
    parameters = [
        (key, item)
        for key, items in request.query_params.lists()
        if key not in {"cursor", name}
        for item in items
    ]
    address = request._request.build_absolute_uri(request.path)  # noqa: SLF001 - DRF proxies it
    return f"{address}?{urlencode([*parameters, (name, value)])}"
