"""Filters of a list: declared names, typed values, and 400 with the name for all else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive

from core.api.rows.paths import field_at_end

TEXT_LIMIT = 200
IN_LIMIT = 100

LOOKUPS = ("gte", "lte", "in", "icontains", "isnull")
_ORDERED = frozenset({"", "gte", "lte", "in", "isnull"})
_TEXT = frozenset({"", "in", "icontains", "isnull"})
_IDENTITY = frozenset({"", "in", "isnull"})
_FLAG = frozenset({"", "isnull"})


class BadFilter(ValueError):
    """The value cannot be meant; the text says what is expected."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of one type of column are read, and which lookups make sense."""

    parse: Callable[[str], Any]
    lookups: frozenset[str]
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """One name to filter by. `source` is the ORM path; `kind` is found from the model field."""

    source: str
    kind: Kind | None = None


def kind_of(model: type[models.Model], source: str) -> Kind:
    """The kind of the field at the end of a path such as `customer__email`.

    Raises ValueError for an annotation: give `Filter(source, kind)` there.
    """
    field = field_at_end(model, source)
    if field is None:
        raise ValueError(f"{model.__name__} has no field {source}; declare its kind of filter.")
    if field.choices:
        known = [str(value) for value, _ in field.flatchoices]
        return Kind(_one_of(known), _IDENTITY, {"type": "string", "enum": known})
    for types, kind in _KINDS:
        if isinstance(field, types):
            return kind
    return Kind(_text, _TEXT, {"type": "string"})


def condition(source: str, kind: Kind, lookup: str, text: str) -> tuple[str, Any]:
    """The ORM condition of one parameter. Raises BadFilter."""
    if lookup not in kind.lookups:
        raise BadFilter(f"__{lookup} is not offered here.")
    if lookup == "isnull":
        return f"{source}__isnull", _flag(text)
    if lookup == "in":
        parts = text.split(",")
        if len(parts) > IN_LIMIT:
            raise BadFilter(f"At most {IN_LIMIT} values.")
        return f"{source}__in", [kind.parse(part.strip()) for part in parts]
    return f"{source}__{lookup}" if lookup else source, kind.parse(text)


def _text(text: str) -> str:
    if len(text) > TEXT_LIMIT:
        raise BadFilter(f"At most {TEXT_LIMIT} characters.")
    return text


def _flag(text: str) -> bool:
    if text in {"true", "1"}:
        return True
    if text in {"false", "0"}:
        return False
    raise BadFilter("Give true or false.")


def _one_of(known: list[str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in known:
            raise BadFilter(f"Give one of: {', '.join(known)}.")
        return text

    return parse


def _moment(text: str) -> datetime:
    """A time, or a day meaning its first moment, UTC unless it says otherwise."""
    text = text.replace(" ", "+")  # an unescaped + in an address arrives as a space
    try:
        value = parse_datetime(text) or _midnight(parse_date(text))
        value = value.replace(tzinfo=UTC) if is_naive(value) else value.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadFilter("Give a time such as 2026-11-20T08:00:00Z, or a day.") from None
    return value


def _midnight(day: date | None) -> datetime:
    if day is None:
        raise ValueError
    return datetime.combine(day, time.min, tzinfo=UTC)


def _day(text: str) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise BadFilter("Give a day such as 2026-11-20.")
    return day


def _by_field(field: models.Field[Any, Any], expected: str) -> Callable[[str], Any]:
    """Use the model field's own reading of text."""

    def parse(text: str) -> Any:
        try:
            if not text.isascii() or len(text) > 40:
                raise BadFilter(expected)
            return field.to_python(text)
        except (DjangoValidationError, ValueError, ArithmeticError):
            raise BadFilter(expected) from None

    return parse


def _whole(text: str) -> int:
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) < 20):
        raise BadFilter("Give a whole number.")
    value = int(text)
    if not -(2**63) <= value < 2**63:
        raise BadFilter("The number is too large.")
    return value


_uuid = _by_field(models.UUIDField(), "Give an id such as 0197f3a0-0000-7000-8000-000000000000.")
_decimal = _by_field(models.DecimalField(max_digits=32, decimal_places=16), "Give a number.")
_KINDS: list[tuple[Any, Kind]] = [
    (models.UUIDField, Kind(_uuid, _IDENTITY, {"type": "string", "format": "uuid"})),
    (models.BooleanField, Kind(_flag, _FLAG, {"type": "boolean"})),
    (models.DateTimeField, Kind(_moment, _ORDERED, {"type": "string", "format": "date-time"})),
    (models.DateField, Kind(_day, _ORDERED, {"type": "string", "format": "date"})),
    (models.IntegerField, Kind(_whole, _ORDERED, {"type": "integer"})),
    ((models.DecimalField, models.FloatField), Kind(_decimal, _ORDERED, {"type": "number"})),
]
FilterMap = Mapping[str, str | Filter]
