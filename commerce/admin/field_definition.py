"""Definitions of custom fields: on their category's page, those of all products on their own."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin, StackedInline
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from commerce import locks
from commerce.models import FieldDefinition
from commerce.services.custom_fields.definitions import (
    add_field,
    change_field,
    check_field,
    remove_field,
    using_products,
)
from core.errors import DomainError

LANGUAGES = list(settings.LANGUAGES)
CHOICES_HELP = "One a line: value = label in English | in French | in Arabic"
PLAIN = [
    "key", "type", "required", "minimum", "maximum", "earliest", "latest", "decimals", "unit",
    "position",
]  # fmt: skip
TEXTS = [f"{name}_{code}" for name in ("label", "help_text") for code, _ in LANGUAGES]
FIELDS = [*PLAIN[:2], *TEXTS, *PLAIN[2:3], "choice_lines", *PLAIN[3:], "archived"]
SAVED = {"minimum", "maximum"}  # Decimals whose trailing zeros say nothing


class DefinitionForm(forms.ModelForm):
    """Texts a language each, choices a line each; refused by the same rules as over the API."""

    choice_lines = forms.CharField(
        label="Choices",
        required=False,
        help_text=CHOICES_HELP,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    archived = forms.BooleanField(
        required=False,
        help_text="No longer asked; what products hold stays",
        widget=UnfoldBooleanSwitchWidget,
    )
    for _name, _title in (("label", "Label"), ("help_text", "Help")):
        for _code, _language in LANGUAGES:
            locals()[f"{_name}_{_code}"] = forms.CharField(
                label=f"{_title}, {_language}",
                required=False,
                widget=UnfoldAdminTextInputWidget,
            )
    del _name, _title, _code, _language

    class Meta:
        model = FieldDefinition
        fields = PLAIN

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        for code, _ in LANGUAGES:
            self.initial.setdefault(f"label_{code}", row.label.get(code, ""))
            self.initial.setdefault(f"help_text_{code}", row.help_text.get(code, ""))
        self.initial.setdefault("archived", row.archived_at is not None)
        self.initial.setdefault("choice_lines", _lines(row.choices))
        for name in SAVED:
            if isinstance(self.initial.get(name), Decimal):
                self.initial[name] = format(self.initial[name].normalize(), "f")

    def clean(self) -> dict[str, Any] | None:
        """The rules of services/custom_fields, each at the widget it speaks of."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        locks.lock_tree()
        values = self.values()
        trial = FieldDefinition.objects.filter(pk=self.instance.pk).first() or FieldDefinition()
        trial.category = self.instance.category
        for name, value in values.items():
            setattr(trial, name, value)
        try:
            check_field(trial)
        except DomainError as refusal:
            for name, reasons in refusal.details.items():
                self.add_error(_widget_of(name, self.fields), reasons)
            if not refusal.details:
                self.add_error(None, refusal.message)
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        cleaned = self.cleaned_data
        archived = cleaned.get("archived", False)
        return {
            **{name: cleaned[name] for name in PLAIN if name in cleaned},
            "label": _texts(cleaned, "label"),
            "help_text": _texts(cleaned, "help_text"),
            "choices": _choices(cleaned.get("choice_lines", "")),
            "archived_at": (self.instance.archived_at or timezone.now()) if archived else None,
        }

    def apply(self, category_id: Any) -> None:
        """Save through the service, in the transaction of the page."""
        values = self.values()
        if self.instance._state.adding:  # noqa: SLF001  - Django's own flag
            add_field(category_id=category_id, **values)
        else:
            change_field(definition_id=self.instance.pk, changes=values)


class DefinitionFormSet(forms.BaseInlineFormSet):
    """Says before saving what the services would refuse afterwards."""

    def clean(self) -> None:
        """What products hold is not pulled away."""
        super().clean()
        for form in self.deleted_forms:
            using = using_products(form.instance).count()
            if using:
                raise forms.ValidationError(
                    f"{using} products say their {form.instance.key}. Archive the field instead."
                )


class DefinitionInline(StackedInline):
    """The fields this category adds to those from above."""

    model = FieldDefinition
    form = DefinitionForm
    formset = DefinitionFormSet
    fields = FIELDS
    extra = 0
    collapsible = True
    verbose_name = "custom field"
    verbose_name_plural = "Custom fields defined here"


def save_definitions(formset: Any, category_id: Any) -> None:
    """What an inline of definitions does on saving: services write, in the order of the page."""
    for form in formset.forms:
        if form in formset.deleted_forms:
            if form.instance.pk and not form.instance._state.adding:  # noqa: SLF001  - Django's own
                remove_field(definition_id=form.instance.pk)
        elif form.has_changed() and form.is_valid():
            form.apply(category_id)
    formset.new_objects = formset.changed_objects = formset.deleted_objects = []


@admin.register(FieldDefinition)
class FieldDefinitionAdmin(ModelAdmin):
    """All definitions; new ones here are asked of all products."""

    form = DefinitionForm
    fields = FIELDS
    list_display = ["key", "shown_label", "type", "where", "required", "is_asked"]
    list_filter = ["type", "required", ("archived_at", admin.EmptyFieldListFilter)]
    search_fields = ["key__startswith", "category__path__startswith"]
    list_select_related = ["category"]
    ordering = ["category__path", "position", "key"]

    @display(description="Label")
    def shown_label(self, row: FieldDefinition) -> str:
        """In English, or in any language."""
        return row.label.get("en") or next(iter(row.label.values()), "")

    @display(description="Of", ordering="category__path")
    def where(self, row: FieldDefinition) -> str:
        """Its category, with all below."""
        return row.category.path if row.category else "all products"

    @display(description="Asked", boolean=True)
    def is_asked(self, row: FieldDefinition) -> bool:
        """Not archived."""
        return row.archived_at is None

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The service keeps the rules."""
        form.apply(obj.category_id)
        if not change:
            obj.pk = FieldDefinition.objects.get(category=None, key=obj.key).pk

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What products hold is not pulled away: such a field is archived."""
        if obj is not None and using_products(obj).exists():
            return False
        return super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: FieldDefinition) -> None:
        """By the service."""
        remove_field(definition_id=obj.pk)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """None in bulk: each is looked at."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


def shown_above(rows: QuerySet[FieldDefinition] | list[FieldDefinition]) -> list[tuple[str, ...]]:
    """Inherited definitions as (key, label, type, where)."""
    return [
        (
            row.key,
            row.label.get("en") or next(iter(row.label.values()), ""),
            row.get_type_display(),
            row.category.path if row.category else "all products",
        )
        for row in rows
    ]


def _texts(cleaned: dict[str, Any], name: str) -> dict[str, str]:
    found = {code: (cleaned.get(f"{name}_{code}") or "").strip() for code, _ in LANGUAGES}
    return {code: text for code, text in found.items() if text}


def _choices(lines: str) -> list[dict[str, Any]]:
    found = []
    for line in lines.splitlines():
        value, _, labels = line.partition("=")
        texts = [text.strip() for text in labels.split("|")] if labels.strip() else [value.strip()]
        if line.strip():
            codes = [code for code, _ in LANGUAGES]
            label = {code: text for code, text in zip(codes, texts, strict=False) if text}
            found.append({"value": value.strip(), "label": label})
    return found


def _lines(choices: list[dict[str, Any]]) -> str:
    return "\n".join(
        f"{choice['value']} = "
        + " | ".join(choice["label"].get(code, "") for code, _ in LANGUAGES).rstrip(" |")
        for choice in choices
    )


def _widget_of(name: str, fields: dict[str, Any]) -> str | None:
    known = {"label": "label_en", "help_text": "help_text_en", "choices": "choice_lines"}
    widget = known.get(name, name)
    return widget if widget in fields else None
