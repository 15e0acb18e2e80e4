"""Custom fields as real widgets on a product's page, by the definitions of its category.

    class ProductAdmin(CustomFieldsAdmin, ModelAdmin): ...

That is all a page needs: the form gets one field a definition, checked and put together by
commerce.custom_fields; what the product says and nobody asks for here is told, and may be taken
away. After the category was changed and saved, the page shows the fields of the new one.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from commerce import locks
from commerce.custom_fields import Field, merged, missing_in, strays_in
from commerce.custom_fields.field import DECIMALS, LONGEST_TEXT, WHOLE_DIGITS, in_language
from commerce.enums import FieldType, ProductStatus
from commerce.models import Category, Product
from commerce.services.custom_fields.of_products import fields_for
from core.errors import Invalid

PREFIX = "cf_"
TITLE = "Custom fields"
DROP_STRAYS = f"{PREFIX}drop_strays"
NOT_SAID = ("", "—")


class CustomFieldsForm(forms.ModelForm):
    """Puts what the widgets say into the product."""

    asked: list[Field] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = self.instance.custom_fields
        for field in self.asked:
            if field.key in held and PREFIX + field.key in self.fields:
                self.initial[PREFIX + field.key] = _shown(field, held[field.key])

    def clean(self) -> dict[str, Any] | None:
        """Every value that does not fit is named at its own widget."""
        cleaned = super().clean() or self.cleaned_data
        held = dict(self.instance.custom_fields)
        given: dict[str, Any] = {}
        if cleaned.get(DROP_STRAYS):
            given |= dict.fromkeys(strays_in(self.asked, held))
        for field in self.asked:
            name = PREFIX + field.key
            if name in cleaned and (name in self.changed_data or field.key in given):
                given[field.key] = _said(field, cleaned[name])
        try:
            held = merged(self.asked, given=given, held=held)
        except Invalid as refusal:
            for key, reasons in refusal.details["custom_fields"].items():
                self.add_error(PREFIX + key, reasons)
            return cleaned
        if cleaned.get("status", self.instance.status) == ProductStatus.ACTIVE:
            for key in missing_in(self.asked, held):
                if PREFIX + key in self.fields and PREFIX + key not in self.errors:
                    self.add_error(PREFIX + key, "A product on sale must say it.")
        self.instance.custom_fields = held
        return cleaned


class CustomFieldsAdmin:
    """Mix in before ModelAdmin."""

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        """The page's own form with one field a definition."""
        if request.method == "POST":
            locks.lock_tree(shared=True)  # no definition changes between the check and the save
        kw["form"] = form_with(self._fields(request, obj), obj, kw.get("form") or self.form)  # type: ignore[attr-defined]  # ModelAdmin's
        return super().get_form(request, obj, change=change, **kw)  # type: ignore[misc]  # ModelAdmin's

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """A section for them, where there are any."""
        fieldsets = list(super().get_fieldsets(request, obj))  # type: ignore[misc]  # ModelAdmin's
        if not self._writes(request, obj):
            return [*fieldsets, (TITLE, {"fields": ["custom_values"]})]
        fields = self._fields(request, obj)
        names = [PREFIX + field.key for field in fields]
        if obj is not None and strays_in(fields, obj.custom_fields):
            names.append(DROP_STRAYS)
        return [*fieldsets, (TITLE, {"fields": names})] if names else fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """For those who may only look."""
        names = list(super().get_readonly_fields(request, obj))  # type: ignore[misc]  # ModelAdmin's
        return names if self._writes(request, obj) else [*names, "custom_values"]

    @display(description=TITLE)
    def custom_values(self, product: Product) -> SafeString | str:
        """What the product says, as text."""
        language = get_language() or "en"
        by_key = {field.key: field for field in fields_for(product.category)}
        lines = [
            (by_key[key].text(language) if key in by_key else key, _in_words(value))
            for key, value in product.custom_fields.items()
        ]
        return format_html_join("", "<div>{}: <bdi>{}</bdi></div>", lines) if lines else "—"

    def _writes(self, request: HttpRequest, obj: Any) -> bool:
        allowed = self.has_change_permission if obj else self.has_add_permission  # type: ignore[attr-defined]  # ModelAdmin's
        return bool(allowed(request, obj) if obj else allowed(request))

    def _fields(self, request: HttpRequest, obj: Any) -> list[Field]:
        """Of the category that is being saved, else of the product's. Read once a request."""
        known = request.__dict__.setdefault("_custom_fields", {})
        category = _posted_category(request) if request.method == "POST" else None
        if category is None and obj is not None and "category" not in request.POST:
            category = obj.category
        key = category.pk if category else None
        if key not in known:
            known[key] = fields_for(category)
        found: list[Field] = known[key]
        return found


def form_with(fields: list[Field], product: Any, base: Any) -> Any:
    """A form class with a form field for each custom field."""
    declared: dict[str, Any] = {PREFIX + field.key: form_field(field) for field in fields}
    strays = strays_in(fields, product.custom_fields) if product is not None else []
    if strays:
        told = ", ".join(f"{key} = {_in_words(product.custom_fields[key])}" for key in strays)
        declared[DROP_STRAYS] = forms.BooleanField(
            label="Take away what does not belong here",
            help_text=f"Not asked for here, or no longer fitting: {told}",
            required=False,
            widget=UnfoldBooleanSwitchWidget,
        )
    bases = (CustomFieldsForm,) if base is forms.ModelForm else (CustomFieldsForm, base)
    return type("ProductForm", bases, declared | {"asked": fields})


def form_field(field: Field) -> forms.Field:
    """The widget that suits its type; never required, since a draft may leave it open."""
    language = get_language() or "en"
    label = field.text(language) + (f" ({field.unit})" if field.unit else "")
    about: dict[str, Any] = {
        "label": f"{label} *" if field.required else label,
        "help_text": in_language(field.help_text, language),
        "required": False,
    }
    labels = field.choice_labels or {}
    options = [(v, in_language(labels.get(v, {}), language) or v) for v in field.choices]
    if field.type is FieldType.TEXT:
        return forms.CharField(max_length=LONGEST_TEXT, widget=UnfoldAdminTextInputWidget, **about)
    if field.type is FieldType.NUMBER:
        places = DECIMALS if field.decimals is None else field.decimals
        return forms.DecimalField(
            max_digits=WHOLE_DIGITS + DECIMALS,
            decimal_places=places,
            widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
            **about,
        )
    if field.type is FieldType.BOOLEAN:
        return forms.ChoiceField(
            choices=[NOT_SAID, ("true", "Yes"), ("false", "No")],
            widget=UnfoldAdminSelectWidget,
            **about,
        )
    if field.type is FieldType.DATE:
        return forms.DateField(widget=UnfoldAdminSingleDateWidget, **about)
    if field.type is FieldType.CHOICE:
        return forms.ChoiceField(
            choices=[NOT_SAID, *options], widget=UnfoldAdminSelectWidget, **about
        )
    return forms.MultipleChoiceField(
        choices=options, widget=UnfoldAdminCheckboxSelectMultipleWidget, **about
    )


def _shown(field: Field, value: Any) -> Any:
    """From what is held to what the widget shows."""
    if field.type is FieldType.BOOLEAN and isinstance(value, bool):
        return "true" if value else "false"
    return value


def _said(field: Field, value: Any) -> Any:
    """From what the form read to what is held; nothing said is null."""
    if value in ("", None, []):
        return None
    return value == "true" if field.type is FieldType.BOOLEAN else value


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _posted_category(request: HttpRequest) -> Category | None:
    try:
        pk = UUID(request.POST.get("category", ""))
    except ValueError:
        return None
    found: Category | None = Category.objects.filter(pk=pk).first()
    return found
