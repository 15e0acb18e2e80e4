"""Statements of lists, compiled once: making SQL out of a queryset costs more than running it.

A request's query differs from the last one of its kind only in values. So the first of a kind is
compiled with stand-ins for the values; where they came out in the parameters, later requests put
theirs. Nothing is guessed: a kind in which a stand-in cannot be found again, or whose queryset is
too clever to compare, is compiled anew each time, and answers the same.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from threading import Lock
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connections
from django.db.models import JSONField, Model, QuerySet

from core.api.lists.cursor import Position
from core.api.lists.filters import LOOKUPS
from core.api.lists.fingerprint import TooClever, fingerprint
from core.api.lists.query import COUNT, Asked
from core.api.rows.paths import field_at_end

MOST_STATEMENTS = 2_000
NOWHERE = Position(())
_statements: dict[Hashable, "Statement | None"] = {}
_lock = Lock()


@dataclass(slots=True)
class Sql:
    """SQL whose parameters are constants and places for values."""

    text: str
    params: list[Any]
    places: list[tuple[int, int]] = field(default_factory=list)  # (parameter, value)
    patterns: list[tuple[int, int, str]] = field(default_factory=list)  # LIKE around a value

    def bound(self, values: list[Any]) -> list[Any]:
        """The parameters with these values."""
        params = list(self.params)
        for at, number in self.places:
            params[at] = values[number]
        for at, number, around in self.patterns:
            params[at] = around.replace(_stand_in("", number), _like(values[number]))
        return params


@dataclass(slots=True)
class Statement:
    """A page's query and the query whose rows are counted."""

    page: Sql
    everything: Sql
    converters: dict[int, Any]
    using: str

    def rows(self, values: list[Any], cut: slice) -> list[tuple[Any, ...]]:
        """Run it for some of its rows."""
        text = f"{self.page.text} LIMIT {cut.stop - cut.start:d} OFFSET {cut.start:d}"
        connection = connections[self.using]
        with connection.cursor() as cursor:
            cursor.cursor.adapters.register_loader("timestamptz", MomentLoader)
            cursor.execute(text, self.page.bound(values))
            rows = cursor.fetchall()
        if not self.converters:
            return rows
        return [self._converted(row, connection) for row in rows]

    def _converted(self, row: tuple[Any, ...], connection: Any) -> tuple[Any, ...]:
        made = list(row)
        for place, (converters, expression) in self.converters.items():
            for convert in converters:
                made[place] = convert(made[place], expression, connection)
        return tuple(made)


# psycopg's own, compiled one: sessions are in UTC (core/embedded/roles.sql), so that Django's,
# which is written in Python to exchange time zones, would change nothing
MomentLoader = psycopg.adapters.get_loader(
    psycopg.postgres.types["timestamptz"].oid, psycopg.pq.Format.TEXT
)


def _plain_json(value: Any, _expression: Any, _connection: Any) -> Any:
    """jsonb arrives as text; the same as Django's converter, in a third of its time."""
    return None if value is None else msgspec.json.decode(value)


def _quicker(converters: dict[int, Any]) -> dict[int, Any]:
    """Converters with Django's own for a plain JSON column exchanged."""
    made = {}
    for place, (steps, expression) in converters.items():
        output = expression.output_field
        if type(output) is JSONField and output.decoder is None and len(steps) == 1:
            steps = [_plain_json]
        made[place] = (steps, expression)
    return made


@dataclass(slots=True)
class Ready:
    """A kind of query that can be prepared, with the values of this request."""

    start: QuerySet[Any]
    asked: Asked
    kind: Hashable
    counted: Hashable  # what is counted: the same for every page of the same narrowed list
    values: list[Any]

    def statement(self, *, counts: bool) -> Statement | None:
        """The statement with or without the count; None when it has to be compiled each time."""
        key = (self.kind, counts)
        if key not in _statements:
            made = _prepare(self.start, replace(self.asked, counts=counts))
            with _lock:
                if len(_statements) >= MOST_STATEMENTS:
                    _statements.clear()
                _statements[key] = made
        return _statements[key]


def ready(start: QuerySet[Any], asked: Asked) -> Ready | None:
    """What a prepared statement needs; None for querysets too clever to compare."""
    try:
        begins = fingerprint(start)
    except TooClever:
        return None
    model: type[Model] = start.model
    values: list[Any] = []
    slots = asked.with_values(lambda path, value: _slot(model, path, value, values))
    conditions = tuple(
        [(path, tuple(v) if isinstance(v, list) else v) for path, v in slots.conditions]
    )
    narrowed = (begins, conditions, len(slots.words), slots.word_paths)
    kind = (narrowed, slots.sources, slots.keys, slots.position)
    # the values of filters and search; those of the position stand behind them
    own = len(values) - sum(isinstance(v, type) for v in (slots.position or NOWHERE).values)
    return Ready(start, asked, kind, (narrowed, tuple(values[:own])), values)


def _slot(model: type[Model], path: str, value: Any, values: list[Any]) -> Any:
    """Put a value aside; what is left behind tells its type only. Odd ones stay where they are."""
    if _stand_in_for(value, 0) is None:
        return value
    values.append(_preparation(model, path)(value))
    return type(value)


def _prepare(start: QuerySet[Any], asked: Asked) -> Statement | None:
    """Compile a query with stand-ins, and find them again."""
    model: type[Model] = start.model
    stand_ins: list[Any] = []

    def change(path: str, value: Any) -> Any:
        stand_in = _stand_in_for(value, len(stand_ins))
        if stand_in is None:
            return value
        stand_ins.append(_preparation(model, path)(stand_in))
        return stand_in

    kind = asked.with_values(change)
    everything = kind.narrowed(start)
    page = kind.page(everything)
    sources = [*kind.sources, COUNT] if kind.counts else [*kind.sources]
    try:
        constants = _compiled(start.order_by().values("pk")).params
        compiler = page.query.get_compiler(using=page.db)
        text, params = compiler.as_sql()
        counting = _compiled(everything.order_by().values("pk"))
    except (EmptyResultSet, FullResultSet):
        return None
    if list(page.query.selected or ()) != sources or compiler.col_count != len(sources):
        return None
    sql = Sql(text, list(params))
    found = _find(sql, stand_ins) | _find(counting, stand_ins)
    if len(found) != len(stand_ins) or any(constant in stand_ins for constant in constants):
        return None
    shown = [column for column, _, _ in compiler.select[: compiler.col_count]]
    return Statement(sql, counting, _quicker(compiler.get_converters(shown)), page.db)


def _compiled(queryset: QuerySet[Any]) -> Sql:
    text, params = queryset.query.get_compiler(using=queryset.db).as_sql()
    return Sql(text, list(params))


def _find(sql: Sql, stand_ins: list[Any]) -> set[int]:
    """Note where the stand-ins are; which of them were found."""
    found = set()
    for at, param in enumerate(sql.params):
        for number, stand_in in enumerate(stand_ins):
            if type(param) is type(stand_in) and param == stand_in:
                sql.places.append((at, number))
                found.add(number)
            elif isinstance(param, str) and isinstance(stand_in, str) and stand_in in param:
                sql.patterns.append((at, number, param))
                found.add(number)
    return found


def _stand_in_for(value: Any, number: int) -> Any:
    """A value of the same type that occurs nowhere else; None for types that stay as they are."""
    maker = _STAND_INS.get(type(value))
    return maker(value, number) if maker else None


def _stand_in(_value: Any, number: int) -> str:
    return f"\x02value {number}\x03"


_STAND_INS: dict[type[Any], Callable[[Any, int], Any]] = {
    str: _stand_in,
    int: lambda _, number: 31_000 + number,  # fits the smallest integer column
    UUID: lambda _, number: UUID(int=(0x7EAD << 112) + number),
    datetime: lambda _, number: datetime(1901, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
    date: lambda _, number: date(1901, 1, 1) + timedelta(days=number),
    Decimal: lambda _, number: Decimal(31_000 + number),
}


@lru_cache(maxsize=4096)
def _preparation(model: type[Model], path: str) -> Callable[[Any], Any]:
    """How the field at the end of a path turns a value into a parameter."""
    bare, _, lookup = path.rpartition("__")
    if lookup == "icontains":
        return str
    target = field_at_end(model, bare if bare and lookup in LOOKUPS else path)
    if target is None:
        return lambda value: value
    return lambda value: target.get_db_prep_value(
        target.get_prep_value(value), connections["default"], prepared=True
    )


def _like(text: str) -> str:
    return str(connections["default"].ops.prep_for_like_query(text))
