"""Walking ORM paths such as `customer__email` to the model fields they name."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models


def field_at_end(model: type[models.Model], path: str) -> Any | None:
    """The field a path ends in, None where it is an annotation.

    `customer_id` and `customer` both mean the key of the customer.
    """
    fields = _fields_along(model, path)
    if fields is None:
        return None
    field = fields[-1]
    while field.is_relation and getattr(field, "target_field", None) is not None:
        field = field.target_field
    return field


def may_be_null(model: type[models.Model], path: str) -> bool:
    """Whether a path may end in null: by its last field, or by a relation on the way."""
    fields = _fields_along(model, path)
    return fields is None or any(getattr(field, "null", True) for field in fields)


def _fields_along(model: type[models.Model], path: str) -> list[Any] | None:
    options, fields = model._meta, []
    for part in path.split("__"):
        try:
            field = options.pk if part == "pk" else options.get_field(part)
        except FieldDoesNotExist:
            return None
        fields.append(field)
        related = getattr(field, "related_model", None)
        if related is not None:
            options = related._meta
    return fields
