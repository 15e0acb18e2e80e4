"""What stands on a product's page below its own fields: variants, other languages."""

from typing import Any

from django import forms
from django.db.models import Prefetch, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from commerce.admin.variant_form import VariantForm, shown_prices, stock_in_words
from commerce.admin.words import option_words, read_words
from commerce.models import Price, ProductTranslation, Variant
from commerce.services.catalogue.translations import checked_language
from core.errors import DomainError


class VariantFormSet(BaseInlineFormSet):
    """Refuses what the service would: a combination or a SKU that is there twice."""

    def clean(self) -> None:
        """Among the lines of the page; others are told by the service."""
        super().clean()
        combinations: set[Any] = set()
        for form in self.forms:
            given = getattr(form, "cleaned_data", None)
            if not given or not given.get("is_active") or "options" not in given:
                continue
            key = tuple(sorted((given["options"] or {}).items()))
            if key in combinations:
                form.add_error("options", "Another variant has these options.")
            combinations.add(key)


class VariantInline(TabularInline):
    """One line a variant."""

    model = Variant
    form = VariantForm
    formset = VariantFormSet
    extra = 0
    hide_title = True
    fields = [
        "sku", "options", "price_list", "counted", "weight_grams", "barcode", "position",
        "is_active", "tracks_stock", "requires_shipping",
    ]  # fmt: skip
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variant]:
        """With prices and stock, two queries however many there are."""
        current = Price.objects.at()
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                Prefetch("prices", queryset=current, to_attr="prices_now"), "stock_items"
            )
        )

    @display(description="Prices")
    def price_list(self, variant: Variant) -> str:
        """For those who may only look; others get the form's field of this name."""
        return shown_prices(variant)

    @display(description="On hand")
    def counted(self, variant: Variant) -> str:
        """The same."""
        return stock_in_words(variant)


class TranslationForm(forms.ModelForm):
    """A language and its texts."""

    words = forms.CharField(
        label="Options",
        required=False,
        help_text="A line each: Size = Taille",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    class Meta:
        model = ProductTranslation
        fields = ["language", "name", "description"]
        widgets = {
            "language": UnfoldAdminTextInputWidget,
            "description": UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["words"] = option_words(self.instance.options)

    def clean_language(self) -> str:
        """As tags are kept."""
        try:
            return checked_language(self.cleaned_data["language"])
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message) from None

    def clean_words(self) -> dict[str, str]:
        """By word."""
        return read_words(self.cleaned_data["words"])


class TranslationInline(StackedInline):
    """A tab; a language a block."""

    model = ProductTranslation
    form = TranslationForm
    extra = 0
    tab = True
    hide_title = True
    fields = ["language", "name", "description", "words"]
    verbose_name_plural = "Other languages"

    def words(self, translation: ProductTranslation) -> str:
        """For those who may only look."""
        return option_words(translation.options)
