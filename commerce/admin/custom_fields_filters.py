"""Filters of the products' list by custom fields: one a definition, of the category looked at.

Without a category, those of all products. They ask as the API does (`cf.<key>`), so that they have
the same indexes.
"""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from unfold.contrib.filters.admin import DropdownFilter, TextFilter

from commerce.custom_fields import Field
from commerce.custom_fields.field import in_language
from commerce.custom_fields.filters import BadFilter
from commerce.custom_fields.narrowing import narrowed
from commerce.enums import FieldType
from commerce.models import Category, Product
from commerce.services.custom_fields.of_products import fields_for, types_of

MOST = 12  # filters beside a list; more is no help
RANGE = ".."  # "2..5", "2..", "..5"


def filters_for(request: HttpRequest) -> list[type[admin.SimpleListFilter]]:
    """Classes for `list_filter`, read once a request."""
    made: list[type[admin.SimpleListFilter]] | None = request.__dict__.get("_cf_filters")
    if made is None:
        made = [_filter(field) for field in fields_for(_category(request))[:MOST]]
        request.__dict__["_cf_filters"] = made
    return made


def _category(request: HttpRequest) -> Category | None:
    for name in ("category__id__exact", "category"):
        try:
            pk = UUID(request.GET.get(name, ""))
        except ValueError:
            continue
        found: Category | None = Category.objects.filter(pk=pk).first()
        return found
    return None


def _filter(field: Field) -> type[admin.SimpleListFilter]:
    language = get_language() or "en"
    unit = f", {field.unit}" if field.unit else ""
    base = _Typed if field.type in {FieldType.TEXT, FieldType.NUMBER, FieldType.DATE} else _Chosen
    about = {"title": field.text(language) + unit, "parameter_name": f"cf.{field.key}"}
    return type(f"Filter_{field.key}", (base,), about | {"field": field})


class _ByField:
    """What both kinds share."""

    field: Field

    def asked(self, text: str) -> dict[str, str]:
        """The parameters of the API that say the same."""
        return {self.field.key: text}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        """Those that answer; a value that cannot be meant is told, and asks nothing."""
        text = (self.value() or "").strip()  # type: ignore[attr-defined]  # SimpleListFilter's
        if not text:
            return queryset
        try:
            return narrowed(queryset, self.asked(text), types_of)
        except BadFilter as wrong:
            told = "; ".join(reason for reasons in wrong.details.values() for reason in reasons)
            messages.warning(request, f"{self.field.text()}: {told}")
            return queryset.none()


class _Chosen(_ByField, DropdownFilter):
    """One of what can be chosen."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The choices, or yes and no."""
        if self.field.type is FieldType.BOOLEAN:
            return [("true", "Yes"), ("false", "No")]
        language, labels = get_language() or "en", self.field.choice_labels or {}
        return [
            (value, in_language(labels.get(value, {}), language) or value)
            for value in self.field.choices
        ]


class _Typed(_ByField, TextFilter):
    """A text, a number or a day; of the latter two also a range."""

    def asked(self, text: str) -> dict[str, str]:
        """ "2..5" is two parameters."""
        if self.field.type is FieldType.TEXT or RANGE not in text:
            return super().asked(text)
        least, _, most = (part.strip() for part in text.partition(RANGE))
        ends = {f"{self.field.key}__gte": least, f"{self.field.key}__lte": most}
        return {name: end for name, end in ends.items() if end}
