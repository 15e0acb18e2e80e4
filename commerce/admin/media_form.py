"""Pictures and documents on a product's page: lines that are described, dragged, taken away and
put back, and a field that takes several files at once. All of it goes through the services."""

from typing import Any

from django import forms
from django.conf import settings
from django.forms.models import BaseInlineFormSet
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from commerce.models import Product, ProductMedia
from commerce.services.media import arrange_media, change_media, put_back_media, remove_media
from core.errors import DomainError

LONGEST_ALT = 300


class ManyFilesWidget(UnfoldAdminFileFieldWidget):
    """The browser's own picker, for several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """A list of uploaded files, empty ones left out."""

    widget = ManyFilesWidget

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each as Django cleans one; what is inside is looked into by core/files."""
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(file, initial) for file in files if file]


class ProductForm(forms.ModelForm):
    """A product, with new pictures and documents for it."""

    uploads = ManyFilesField(
        required=False,
        label="Add files",
        help_text="Pictures (JPEG, PNG, WebP) or documents (PDF, DOCX, XLSX, CSV, text), several "
        "at once (up to 20). They are checked when you save.",
    )

    class Meta:
        model = Product
        fields: list[str] = []


class MediaForm(forms.ModelForm):
    """What one shows, in the shop's own language; texts in others stay as they are."""

    alt_text = forms.CharField(
        required=False,
        max_length=LONGEST_ALT,
        label="What it shows",
        widget=UnfoldAdminTextInputWidget,
    )
    on_variant = forms.ChoiceField(
        required=False, label="Of the variant", widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = ProductMedia
        fields = ["position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["alt_text"] = self.instance.alt.get(settings.LANGUAGE_CODE, "")
        self.initial["on_variant"] = str(self.instance.variant_id or "")

    def changes(self) -> dict[str, Any]:
        """What is to be changed beside the place."""
        given: dict[str, Any] = {}
        if "alt_text" in self.changed_data:
            rest = {k: v for k, v in self.instance.alt.items() if k != settings.LANGUAGE_CODE}
            text = self.cleaned_data["alt_text"]
            given["alt"] = rest | ({settings.LANGUAGE_CODE: text} if text else {})
        if "on_variant" in self.changed_data:
            given["variant_id"] = self.cleaned_data["on_variant"] or None
        return given


class MediaFormSet(BaseInlineFormSet):
    """Saved by services only: `apply`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.new_objects: list[Any] = []
        self.changed_objects: list[Any] = []
        self.deleted_objects: list[Any] = []

    def add_fields(self, form: Any, index: int | None) -> None:
        """The product's variants, asked for once."""
        super().add_fields(form, index)
        if not hasattr(self, "_variants"):
            found = self.instance.variants.values_list("pk", "sku") if self.instance.pk else []
            self._variants = [("", "the whole product"), *((str(pk), sku) for pk, sku in found)]
        form.fields["on_variant"].choices = self._variants

    def apply(self) -> list[str]:
        """Take away, describe, order. What could not be done, in words."""
        refusals = []
        product_id = self.instance.pk
        gone = set(self.deleted_forms)
        for form in self.initial_forms:
            try:
                if form in gone:
                    remove_media(product_id=product_id, media_id=form.instance.pk)
                    self.deleted_objects.append(form.instance)
                elif changes := form.changes():
                    change_media(product_id=product_id, media_id=form.instance.pk, changes=changes)
                    self.changed_objects.append((form.instance, list(changes)))
            except DomainError as refusal:
                refusals.append(refusal.message)
        left = [form for form in self.initial_forms if form not in gone]
        if any("position" in form.changed_data for form in left):
            left.sort(key=lambda form: form.cleaned_data["position"])
            try:
                arrange_media(product_id=product_id, order=[form.instance.pk for form in left])
            except DomainError as refusal:
                refusals.append(refusal.message)
        return refusals


class RemovedForm(forms.ModelForm):
    """A line that can be put back."""

    put_back = forms.BooleanField(required=False, label="Put back", widget=UnfoldBooleanWidget)

    class Meta:
        model = ProductMedia
        fields: list[str] = []


class RemovedFormSet(MediaFormSet):
    """What was taken away, and may come back."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """No variants here."""
        super(MediaFormSet, self).add_fields(form, index)

    def apply(self) -> list[str]:
        """Put back what is ticked. What could not be, in words."""
        refusals = []
        for form in self.initial_forms:
            if form.cleaned_data.get("put_back"):
                try:
                    put_back_media(product_id=self.instance.pk, media_id=form.instance.pk)
                    self.changed_objects.append((form.instance, ["removed_at"]))
                except DomainError as refusal:
                    refusals.append(refusal.message)
        return refusals
