"""The parameters a list understands, as OpenAPI."""

from typing import Any

from django.db import models

from core.api.lists.parameters import OFFSET_LIMIT, SEARCH_LIMIT, declared_filters
from core.api.rows.rows import Rows

Parameter = dict[str, Any]
LOOKUP_WORDS = {
    "": "equals",
    "gte": "at least",
    "lte": "at most",
    "in": "one of (comma list)",
    "icontains": "contains, whatever the case",
    "isnull": "true: has none",
}

IDEMPOTENCY_KEY: Parameter = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": (
        "Unique per intended write (a UUID is best). The same key and body are done once and "
        "answered the same for 72 hours, then with `Idempotent-Replayed: true`; another body is "
        "422; while the first is being worked on, 409 with Retry-After."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-+\\--~]+$"},
}


def of_shape(rows: Rows) -> list[Parameter]:
    """`fields` and `expand`."""
    made = [_list("fields", [*rows.columns], "Only these names, comma separated.")]
    if rows.expand:
        made.append(_list("expand", [*rows.expand], "Embed these relations, comma separated."))
    return made


def of_language(view: Any) -> list[Parameter]:
    """`lang`, where texts are kept in several languages."""
    if not view.multilingual:
        return []
    schema = {"type": "string", "pattern": "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}$"}
    return [
        _one("lang", schema, "Texts in this language where there are any; else Accept-Language.")
    ]


def of_list(view: Any, model: type[models.Model] | None) -> list[Parameter]:
    """Everything `GET` of a list takes."""
    directions = [sign + name for name in view.ordering for sign in ("", "-")]
    made = [
        _one(
            "limit",
            {
                "type": "integer",
                "minimum": 1,
                "maximum": view.max_limit,
                "default": view.default_limit,
            },
            "Rows per page.",
        ),
        _one("cursor", {"type": "string"}, "Where the page begins: from `meta.next`."),
        _one(
            "offset",
            {"type": "integer", "minimum": 0, "maximum": OFFSET_LIMIT},
            "Pages by number instead of cursor; slower the further they are.",
        ),
        _list("ordering", directions, f"Comma list, `-` for descending ({view.default_ordering})."),
        *of_shape(view.rows),
        *of_language(view),
        *[_one(name, schema, text) for name, (schema, text) in view.further.items()],
    ]
    if view.search:
        made.append(
            _one("search", {"type": "string", "maxLength": SEARCH_LIMIT}, "Words to look for.")
        )
    if model is not None:
        made += _filters(view, model)
    return made


def _filters(view: Any, model: type[models.Model]) -> list[Parameter]:
    made = []
    declared: Any = type(view)  # mypy takes no class for hashable
    for name, (_, kind) in declared_filters(declared, model).items():
        for lookup, words in LOOKUP_WORDS.items():
            if lookup not in kind.lookups:
                continue
            schema = {"in": {"type": "string"}, "isnull": {"type": "boolean"}}.get(
                lookup, kind.schema
            )
            full = f"{name}__{lookup}" if lookup else name
            made.append(_one(full, schema, f"{name} {words}."))
    return made


def _one(name: str, schema: dict[str, Any], description: str) -> Parameter:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _list(name: str, values: list[str], description: str) -> Parameter:
    """A comma list of known words."""
    return {
        "name": name,
        "in": "query",
        "description": description,
        "style": "form",
        "explode": False,
        "schema": {"type": "array", "items": {"type": "string", "enum": values}},
    }
