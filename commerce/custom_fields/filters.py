"""`cf.color=red`, `cf.weight__gte=2`: what a caller asks of custom fields, as conditions.

Equality asks what a product's fields contain (its GIN index answers); ranges ask the column of
figures (its B-tree answers). Whatever has no index is not offered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, QuerySet

from commerce.custom_fields.field import Misfit, as_day
from commerce.enums import FieldType
from commerce.models import ProductFigure

MOST_FILTERS = 10
MOST_VALUES = 50
LONGEST_VALUE = 1_000
RANGES = {"gt": "gt", "gte": "gte", "lt": "lt", "lte": "lte"}
OFFERED = {
    FieldType.TEXT: ("", "in"),
    FieldType.NUMBER: ("", "in", *RANGES),
    FieldType.BOOLEAN: ("",),
    FieldType.DATE: ("", "in", *RANGES),
    FieldType.CHOICE: ("", "in"),
    FieldType.MULTI_CHOICE: ("", "in"),
}


@dataclass(frozen=True, slots=True)
class InRange:
    """Products of which a figure lies in a range; a product has one row for each of its figures."""

    figures: QuerySet[ProductFigure]

    def as_q(self) -> Q:
        """For products."""
        return Q(pk__in=self.figures.values("product"))


class BadFilter(ValueError):
    """It cannot be meant; `details` names each parameter and why."""

    def __init__(self, details: dict[str, list[str]]) -> None:
        super().__init__("These custom fields cannot be asked for so.")
        self.details = details


def conditions(
    asked: Mapping[str, str], types_of: Callable[[set[str]], Mapping[str, FieldType]]
) -> list[Q | InRange]:
    """One condition a parameter (without its "cf."). `types_of` tells the types of keys that are
    defined somewhere. Raises BadFilter naming every parameter that is wrong."""
    if len(asked) > MOST_FILTERS:
        raise BadFilter({"cf": [f"At most {MOST_FILTERS} custom fields at once."]})
    parted = {name: name.partition("__") for name in asked}
    types = types_of({key for key, _, _ in parted.values()})
    wrong: dict[str, list[str]] = {}
    found: list[Q | InRange] = []
    for name, (key, _, lookup) in parted.items():
        try:
            found.append(_condition(key, types.get(key), lookup, asked[name]))
        except Misfit as why:
            wrong[f"cf.{name}"[:64]] = [str(why)]
    if wrong:
        raise BadFilter(wrong)
    return found


def _condition(key: str, kind: FieldType | None, lookup: str, text: str) -> Q | InRange:
    if kind is None:
        raise Misfit("There is no such custom field.")
    if lookup not in OFFERED[kind]:
        offered = ", ".join(f"__{name}" for name in OFFERED[kind] if name) or "none"
        raise Misfit(f"Not offered for this field; besides equality: {offered}.")
    if lookup in RANGES:
        figures = ProductFigure.objects.filter(
            **{"key": key, f"value__{RANGES[lookup]}": _figure(kind, text)}
        )
        return InRange(figures)
    texts = text.split(",") if lookup == "in" else [text]
    if len(texts) > MOST_VALUES:
        raise Misfit(f"At most {MOST_VALUES} values.")
    condition = Q()
    for one in texts:
        value = _value(kind, one.strip() if lookup == "in" else one)
        held = [value] if kind is FieldType.MULTI_CHOICE else value
        condition |= Q(custom_fields__contains={key: held})
    return condition


def _value(kind: FieldType, text: str) -> Any:
    if len(text) > LONGEST_VALUE or "\x00" in text:
        raise Misfit(f"At most {LONGEST_VALUE} characters.")
    if kind is FieldType.NUMBER:
        return _number(text)
    if kind is FieldType.DATE:
        return as_day(text).isoformat()
    if kind is FieldType.BOOLEAN:
        if text not in {"true", "false"}:
            raise Misfit("Give true or false.")
        return text == "true"
    return text


def _figure(kind: FieldType, text: str) -> Decimal:
    if kind is FieldType.DATE:
        return Decimal(as_day(text).isoformat().replace("-", ""))
    return _number(text)


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text) if text.isascii() and len(text) <= 40 else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number.adjusted()) > 40:
        raise Misfit("Give a number.")
    return number
