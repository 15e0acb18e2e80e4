"""What rows look like, as JSON Schema (OpenAPI 3.1), read from the declarations that build them."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from core.api.rows.columns import Column
from core.api.rows.expand import Many
from core.api.rows.paths import field_at_end, may_be_null
from core.api.rows.rows import Rows

Shape = dict[str, Any]

MONEY: Shape = {"$ref": "#/components/schemas/Money"}
MONEY_SHAPE: Shape = {
    "type": "object",
    "description": "An exact amount: a decimal string with the digits of its currency (ISO 4217).",
    "required": ["amount", "currency"],
    "additionalProperties": False,
    "properties": {
        "amount": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["12.34"]},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["EUR"]},
    },
}
AMOUNT_INPUT: Shape = {
    "description": 'A decimal amount: "12.34". A JSON number is taken as it was written.',
    "anyOf": [
        {"type": "string", "pattern": r"^\s*-?[0-9]+(\.[0-9]+)?\s*$", "examples": ["12.34"]},
        {"type": "number"},
    ],
}
MONEY_INPUT_SHAPE: Shape = {
    **MONEY_SHAPE,
    "properties": {**MONEY_SHAPE["properties"], "amount": AMOUNT_INPUT},
}

# the first class that fits counts
_BY_FIELD: list[tuple[Any, Shape]] = [
    (models.UUIDField, {"type": "string", "format": "uuid"}),
    (models.BooleanField, {"type": "boolean"}),
    (models.DateTimeField, {"type": "string", "format": "date-time"}),
    (models.DateField, {"type": "string", "format": "date"}),
    (models.DecimalField, {"type": "string", "format": "decimal"}),
    (models.IntegerField, {"type": "integer"}),
    (models.FloatField, {"type": "number"}),
    (models.EmailField, {"type": "string", "format": "email"}),
    (models.JSONField, {}),
    (models.BinaryField, {"type": "string", "contentEncoding": "base64"}),
]


def shape_of_rows(rows: Rows, model: type[models.Model] | None) -> Shape:
    """One row. Nothing is `required`: `?fields=` may leave any of them out."""
    properties = {name: shape_of_column(column, model) for name, column in rows.columns.items()}
    for name, embedding in rows.expand.items():
        inner = shape_of_rows(embedding.rows, embedding.queryset().model)
        if isinstance(embedding, Many):
            embedded: Shape = {"type": "array", "items": inner}
        else:
            embedded = {"anyOf": [inner, {"type": "null"}]}
        embedded = {"description": f"With ?expand={name}.", **embedded}
        plain = properties.get(name)
        properties[name] = {"anyOf": [plain, embedded]} if plain else embedded
    return {"type": "object", "additionalProperties": False, "properties": properties}


def shape_of_column(column: Column, model: type[models.Model] | None) -> Shape:
    """What one column sends."""
    nullable = model is None or any(may_be_null(model, source) for source in column.sources)
    if column.schema is not None:
        if column.schema.get("money"):
            return or_null(MONEY) if nullable else MONEY
        return dict(column.schema)
    if model is None:
        return {}
    field = field_at_end(model, column.sources[0])
    if field is None:
        return {}
    shape = shape_of_field(field)
    return or_null(shape) if nullable and shape else shape


def shape_of_field(field: Any) -> Shape:
    """The JSON of a model field's value."""
    if field.choices:
        return {"type": "string", "enum": [value for value, _ in field.flatchoices]}
    for kind, shape in _BY_FIELD:
        if isinstance(field, kind):
            return dict(shape)
    return {"type": "string"}


def or_null(shape: Mapping[str, Any]) -> Shape:
    """The shape, or null."""
    return {"anyOf": [dict(shape), {"type": "null"}]}
