"""Which fields look as if a person could be in them."""

import re

from django.db import models

from core.personal_data.declaration import declaration_of

ALWAYS = (
    models.EmailField,
    models.GenericIPAddressField,
    models.JSONField,
    models.FileField,
    models.BinaryField,
)
WORDS = {
    "email", "mail", "recipient", "sender", "name", "names", "phone", "mobile", "address",
    "addresses", "line1", "line2", "street", "city", "postal", "postcode", "zip", "ip",
    "agent", "device", "body", "payload", "raw", "message", "text", "note", "notes",
    "comment", "content", "subject", "details", "data", "headers", "context", "custom",
    "response",
}  # fmt: skip


def looks_personal(field: models.Field) -> bool:
    """Whether the field's type or name suggests that a person could be in it.

    Suspicion only: the declaration decides, with `fields` or with `not_personal`.
    """
    if field.is_relation or field.choices or field.name.endswith("_id"):
        return False
    if isinstance(field, ALWAYS):
        return True
    if not isinstance(field, (models.CharField, models.TextField, models.GeneratedField)):
        return False
    return bool(WORDS & set(re.split(r"_", field.name)))


def undeclared_fields(model: type[models.Model]) -> list[str]:
    """Fields of `model` that look personal and that nobody has declared either way."""
    known = declaration_of(model).known_fields
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.name not in known and looks_personal(field)
    ]
