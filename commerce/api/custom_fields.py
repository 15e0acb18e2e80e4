"""categories/{id}/fields/, fields/ and fields/{id}/; values and filters for the products' doors."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.custom_fields.filters import BadFilter
from commerce.custom_fields.narrowing import narrowed
from commerce.enums import FieldType
from commerce.models import Category, FieldDefinition, Product
from commerce.models.custom_fields import MOST_DECIMALS, MOST_DIGITS
from commerce.services.custom_fields.definitions import add_field, change_field, remove_field
from commerce.services.custom_fields.of_products import definitions_for, types_of
from core.api.fields import Input, JsonField, TextField, TrueFalseField, WholeNumberField
from core.api.rows import Column, made
from core.api.views import ApiView
from core.errors import NotFound

PREFIX = "cf."
WRITE = "catalogue:write"
TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
NUMBER = {"type": "number", "nullable": True}
DAY = {"type": "string", "format": "date", "nullable": True}
DEFINITION = {
    "type": "object",
    "required": [
        "id", "category", "inherited", "key", "type", "label", "help_text", "required", "choices",
        "minimum", "maximum", "earliest", "latest", "decimals", "unit", "position", "archived",
    ],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "category": {
            "type": "string", "format": "uuid", "nullable": True,
            "description": "null: of all products",
        },
        "inherited": {"type": "boolean", "description": "Defined above the category asked for"},
        "key": {"type": "string"},
        "type": {"type": "string", "enum": FieldType.values},
        "label": TEXTS,
        "help_text": TEXTS,
        "required": {"type": "boolean"},
        "choices": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["value", "label"],
                "properties": {"value": {"type": "string"}, "label": TEXTS},
            },
        },
        "minimum": NUMBER,
        "maximum": NUMBER,
        "earliest": DAY,
        "latest": DAY,
        "decimals": {"type": "integer", "nullable": True},
        "unit": {"type": "string"},
        "position": {"type": "integer"},
        "archived": {"type": "boolean"},
    },
}  # fmt: skip
DEFINITIONS = {"type": "array", "items": DEFINITION}
VALUES = {
    "type": "object",
    "description": "By the definitions of the category; days as 2026-11-29, numbers exact",
    "additionalProperties": True,
}


@extend_schema_field({"type": "number"})
class ExactNumberField(serializers.DecimalField):
    """A JSON number, as it was written."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=MOST_DIGITS, decimal_places=MOST_DECIMALS, **kwargs)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """An empty text is no null here: texts are no numbers."""
        return serializers.Field.validate_empty_values(self, data)

    def to_internal_value(self, data: Any) -> Decimal:
        """No text, no true."""
        if isinstance(data, bool) or not isinstance(data, int | Decimal):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(VALUES)
class CustomFieldsField(serializers.Field[Any, Any, Any, Any]):
    """The custom fields of a product that are given; services check them by its category."""

    default_error_messages = {"object": "Give a JSON object."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """As parsed: numbers with a point are Decimal."""
        if not isinstance(data, dict):
            self.fail("object")
        return data


class FieldChange(Input):
    """Parts of a definition; those not given stay. Texts are by language."""

    key = TextField(max_length=50, required=False)
    type = serializers.ChoiceField(choices=FieldType.choices, required=False)
    label = JsonField(required=False)  # type: ignore[assignment]  # DRF's own name
    help_text = JsonField(required=False)  # type: ignore[assignment]  # DRF's own name
    required = TrueFalseField(required=False)  # type: ignore[assignment]  # DRF's own name
    choices = JsonField(required=False, objects_only=False)
    minimum = ExactNumberField(required=False, allow_null=True)
    maximum = ExactNumberField(required=False, allow_null=True)
    earliest = serializers.DateField(required=False, allow_null=True)
    latest = serializers.DateField(required=False, allow_null=True)
    decimals = WholeNumberField(min_value=0, max_value=10, required=False, allow_null=True)
    unit = TextField(max_length=20, required=False, allow_blank=True)
    position = WholeNumberField(min_value=0, max_value=1_000_000, required=False)
    archived = TrueFalseField(required=False)


class FieldInput(FieldChange):
    """A new definition."""

    key = TextField(max_length=50)
    type = serializers.ChoiceField(choices=FieldType.choices)
    label = JsonField()
    archived = None  # type: ignore[assignment]  # a new one is asked for


class CategoryFieldsView(ApiView):
    """The custom fields that count for products in a category, those from above first."""

    public = {"GET"}
    scopes = {"POST": WRITE}
    input = {"POST": FieldInput}
    output = {"GET": DEFINITIONS, "POST": DEFINITION}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All: they are few."""
        category = _category(kwargs["id"])
        found = definitions_for(category)
        return Response([shown_definition(row, seen_from=category) for row in found])

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Define one here."""
        category = _category(kwargs["id"])
        row = add_field(category_id=category.pk, **self.valid())
        shown = shown_definition(row, seen_from=category)
        return Response(shown, status=status.HTTP_201_CREATED)


class FieldsView(ApiView):
    """The custom fields of all products, whatever their category."""

    public = {"GET"}
    scopes = {"POST": WRITE}
    input = {"POST": FieldInput}
    output = {"GET": DEFINITIONS, "POST": DEFINITION}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All: they are few."""
        return Response([shown_definition(row) for row in definitions_for(None)])

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Define one for all products."""
        row = add_field(**self.valid())
        return Response(shown_definition(row), status=status.HTTP_201_CREATED)


class FieldView(ApiView):
    """One definition, wherever it stands."""

    scopes = {"PATCH": WRITE, "DELETE": WRITE}
    input = {"PATCH": FieldChange}
    output = {"PATCH": DEFINITION}

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change it, or archive it."""
        self._check_place()
        row = change_field(definition_id=kwargs["field"], changes=self.valid())
        return Response(shown_definition(row))

    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take one away that no product uses."""
        self._check_place()
        remove_field(definition_id=kwargs["field"])
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _check_place(self) -> None:
        if "id" not in self.kwargs:
            return
        here = FieldDefinition.objects.filter(
            pk=self.kwargs["field"], category_id=self.kwargs["id"]
        )
        if not here.exists():
            raise NotFound("This category defines no such field.")


def shown_definition(row: FieldDefinition, *, seen_from: Category | None = None) -> dict[str, Any]:
    """From the row to DEFINITION."""
    return {
        "id": row.pk,
        "category": row.category_id,
        "inherited": seen_from is not None and row.category_id != seen_from.pk,
        "key": row.key,
        "type": row.type,
        "label": row.label,
        "help_text": row.help_text,
        "required": row.required,
        "choices": row.choices,
        "minimum": _exact(row.minimum),
        "maximum": _exact(row.maximum),
        "earliest": _day(row.earliest),
        "latest": _day(row.latest),
        "decimals": row.decimals,
        "unit": row.unit,
        "position": row.position,
        "archived": row.archived_at is not None,
    }


def shown_values(values: dict[str, Any] | None) -> dict[str, Any]:
    """A product's custom fields with numbers to the last digit."""
    return {key: _exact(value) for key, value in (values or {}).items()}


CUSTOM_FIELDS: Column = made(shown_values, "custom_fields", schema=VALUES)


def narrow_by_custom_fields(
    products: QuerySet[Product], parameters: dict[str, str]
) -> QuerySet[Product]:
    """Products that answer `cf.<key>[__lookup]=`. Raises ValidationError naming each that is wrong.

    For `narrow` of a list whose `prefixes` hold PREFIX; others are passed over.
    """
    asked = {
        name.removeprefix(PREFIX): value
        for name, value in parameters.items()
        if name.startswith(PREFIX)
    }
    try:
        return narrowed(products, asked, types_of) if asked else products
    except BadFilter as wrong:
        raise ValidationError(wrong.details) from None


def _exact(value: Any) -> Any:
    """The digits of a Decimal as they stand; the encoder would make a text of it."""
    if not isinstance(value, Decimal):
        return value
    text = format(value, "f")
    return msgspec.Raw((text.rstrip("0").rstrip(".") if "." in text else text).encode())


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _category(category_id: Any) -> Category:
    category: Category | None = Category.objects.filter(pk=category_id).first()
    if category is None:
        raise NotFound("There is no such category.")
    return category
