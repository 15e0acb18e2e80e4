"""One page of a list: narrow, order, cut, count; two ways of turning pages."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from core.api.lists import cursor
from core.api.lists.counting import CountUpTo, count_of
from core.api.lists.cursor import Key
from core.api.lists.parameters import Parameters
from core.api.rows.paths import may_be_null


def page_of(view: Any, request: Request) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Rows and meta. Raises ValidationError."""
    everything = view.queryset_for(request)
    wanted = Parameters.of_list(view, request, everything.model)
    everything = _narrowed(view, everything, wanted)
    if wanted.offset is not None:
        return _offset_page(view, request, everything, wanted, wanted.offset)
    return _cursor_page(view, request, everything, wanted)


def _narrowed(view: Any, queryset: QuerySet[Any], wanted: Parameters) -> QuerySet[Any]:
    if wanted.conditions:
        queryset = queryset.filter(**wanted.conditions)
    for word in wanted.search.split()[:8]:
        found = Q()
        for path in view.search:
            found |= Q(**{f"{path}__icontains": word})
        queryset = queryset.filter(found)
    return view.narrow(queryset, wanted.extra) if wanted.extra else queryset


@lru_cache(maxsize=1024)
def _keys(view: type[Any], model: type[Model], ordering: tuple[str, ...]) -> tuple[Key, ...]:
    """The full order: what was asked, then the primary key in the direction of the last."""
    keys = []
    for name in ordering:
        bare = name.removeprefix("-")
        path = view.ordering_sources.get(bare, bare)
        keys.append(Key(path, name != bare, may_be_null(model, path)))
    if not any(key.path in {"pk", "id"} for key in keys):
        keys.append(Key("pk", keys[-1].descending if keys else False, nullable=False))
    return tuple(keys)


def _order(keys: Sequence[Key], *, backwards: bool) -> list[str]:
    return [f"-{key.path}" if key.descending != backwards else key.path for key in keys]


def _cursor_page(
    view: Any, request: Request, everything: QuerySet[Any], wanted: Parameters
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    keys = _keys(type(view), everything.model, tuple(wanted.ordering))
    purpose = f"{type(view).__qualname__} {','.join(wanted.ordering)}"
    position = _position(wanted, purpose, len(keys))
    backwards = bool(position and position.backwards)
    narrowed = everything.filter(cursor.beyond(keys, position)) if position else everything
    page = narrowed.annotate(_count=CountUpTo(everything)).order_by(
        *_order(keys, backwards=backwards)
    )
    rows, sides = view.rows.with_extra(
        page[: wanted.limit + 1],
        fields=wanted.fields,
        expand=wanted.expand,
        extra=(*[key.path for key in keys], "_count"),
    )
    more = len(rows) > wanted.limit
    counted = sides[0][-1] if sides else _counted_alone(everything, first_page=not position)
    rows, sides = rows[: wanted.limit], sides[: wanted.limit]
    if backwards:
        rows.reverse()
        sides.reverse()
    has_next = more if not backwards else True
    has_previous = more if backwards else position is not None

    def link(present: bool, side: int, *, back: bool) -> str | None:
        if not present or not sides:
            return None
        at = cursor.Position(sides[side][:-1], backwards=back)
        return _link(request, cursor=cursor.write(at, purpose=purpose))

    meta = {
        "next": link(has_next, -1, back=False),
        "previous": link(has_previous, 0, back=True),
        **_count(everything, counted),
    }
    return rows, meta


def _position(wanted: Parameters, purpose: str, width: int) -> cursor.Position | None:
    if not wanted.cursor:
        return None
    try:
        return cursor.read(wanted.cursor, purpose=purpose, width=width)
    except cursor.BadCursor:
        raise ValidationError(
            {"cursor": ["This is no cursor of this list in this order. Begin without one."]}
        ) from None


def _offset_page(
    view: Any, request: Request, everything: QuerySet[Any], wanted: Parameters, offset: int
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    keys = _keys(type(view), everything.model, tuple(wanted.ordering))
    page = everything.annotate(_count=CountUpTo(everything)).order_by(
        *_order(keys, backwards=False)
    )
    rows, sides = view.rows.with_extra(
        page[offset : offset + wanted.limit + 1],
        fields=wanted.fields,
        expand=wanted.expand,
        extra=("_count",),
    )
    counted = sides[0][-1] if sides else _counted_alone(everything, first_page=offset == 0)
    more = len(rows) > wanted.limit
    before = max(offset - wanted.limit, 0)
    meta = {
        "next": _link(request, offset=offset + wanted.limit) if more else None,
        "previous": _link(request, offset=before) if offset else None,
        **_count(everything, counted),
    }
    return rows[: wanted.limit], meta


def _counted_alone(everything: QuerySet[Any], *, first_page: bool) -> int:
    """An empty page brings no count along; an empty first page needs none."""
    return 0 if first_page else everything.order_by()[:1_001].count()


def _count(everything: QuerySet[Any], counted: int) -> dict[str, Any]:
    count, estimated = count_of(everything, counted)
    return {"count": count, "count_is_estimate": True} if estimated else {"count": count}


def _link(request: Request, **change: Any) -> str:
    """This address with another place in it."""
    parameters = request.query_params.copy()
    parameters.pop("cursor", None)
    for name, value in change.items():
        parameters[name] = value
    address = request._request.build_absolute_uri(request.path)  # noqa: SLF001 - DRF proxies it
    return f"{address}?{urlencode(list(parameters.lists()), doseq=True)}"
