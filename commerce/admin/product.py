"""Products: the list, and everything about one on one page."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, FieldTextFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from commerce.admin.custom_fields_filters import filters_for
from commerce.admin.custom_fields_form import CustomFieldsAdmin
from commerce.admin.labels import PRODUCT_LABELS
from commerce.admin.media_form import MediaFormSet
from commerce.admin.media_form import ProductForm as FormWithFiles
from commerce.admin.media_inline import (
    MediaInline,
    RemovedMediaInline,
    add_uploads,
    has_removed,
)
from commerce.admin.product_inlines import TranslationInline, VariantInline
from commerce.admin.product_list import (
    NO_PICTURE,
    SMALL_PICTURE,
    BranchFilter,
    ProductChangeList,
    Wants,
)
from commerce.admin.product_steps import ProductStepsAdmin
from commerce.admin.words import option_lines, read_options
from commerce.models import Product, ProductTranslation
from commerce.services.catalogue.options import set_options
from commerce.services.catalogue.translations import remove_translation, translate_product
from core.admin.bulk.export_action import ExportableList
from core.admin.paginator import EstimatedPaginator
from core.admin.quick_rows import QuickRows, label_html
from core.errors import DomainError


class ProductForm(FormWithFiles):
    """Options as lines of words, and new files."""

    option_lines = forms.CharField(
        label="Options",
        required=False,
        help_text="A line each: Size: S, M, L. Then “Make all combinations” above.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    class Meta:
        model = Product
        fields = ["name", "slug", "vendor", "category", "service", "tax_class", "description"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:  # noqa: SLF001  - Django's own flag
            self.initial["option_lines"] = _options_of(self.instance)

    def clean_option_lines(self) -> dict[str, list[str]]:
        """By name."""
        return read_options(self.cleaned_data["option_lines"])


def _options_of(product: Product) -> str:
    options = product.options.prefetch_related("values")
    return option_lines({o.name: [value.value for value in o.values.all()] for o in options})


@admin.register(Product)
class ProductAdmin(QuickRows, CustomFieldsAdmin, ExportableList, ProductStepsAdmin):
    """Drafts, what is on sale, and archives."""

    form = ProductForm
    list_display = [
        "picture", "name", "shown_status", "price", "stock", "variants_count", "vendor",
        "category", "service",
    ]  # fmt: skip
    list_display_links = ["picture", "name"]
    list_filter = [
        "status",
        Wants,
        ("category", BranchFilter),
        ("vendor", AutocompleteSelectFilter),
        ("service", FieldTextFilter),
    ]
    list_filter_submit = True
    list_select_related = ["vendor", "category"]
    search_fields = ["words__words"]
    search_help_text = "Beginnings of words: name, description, SKU, barcode, in all languages"
    ordering = ["-id"]
    autocomplete_fields = ["vendor", "category"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [VariantInline, MediaInline, TranslationInline]
    paginator = EstimatedPaginator
    show_full_result_count = False
    list_per_page = 50
    empty_note = "Add the first product, bring a file of them in, or connect a shop."
    readonly_fields = ["shown_status", "next_steps", "shown_options"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "vendor", "category", "service", "tax_class"]}),
        ("Where it stands", {"fields": ["shown_status", "next_steps"]}),
        ("What it is", {"fields": ["description"]}),
        ("What it is chosen by", {"fields": ["option_lines"]}),
    ]
    upload_fieldset = ("Pictures and documents", {"fields": ["uploads"]})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ProductChangeList]:
        """With figures."""
        return ProductChangeList

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A product stays with its vendor: its SKUs are unique there."""
        names = list(super().get_readonly_fields(request, obj))
        return [*names, "vendor"] if obj else names

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Files are added by those who may change the product; others see options as text."""
        made = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return [*made, self.upload_fieldset]
        lines = {"option_lines": "shown_options"}
        return [
            (name, {**options, "fields": [lines.get(f, f) for f in options["fields"]]})
            for name, options in made
        ]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """What was taken away is shown while there is any of it."""
        removed = obj is not None and has_removed(obj)
        return [*self.inlines, RemovedMediaInline] if removed else self.inlines

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """With the custom fields of the category looked at."""
        return [*super().get_list_filter(request), *filters_for(request)]

    @display(description="Status", ordering="status")
    def shown_status(self, product: Product) -> SafeString:
        """A coloured label."""
        return label_html(product.status, product.get_status_display(), PRODUCT_LABELS)

    @display(description="")
    def picture(self, product: Any) -> SafeString:
        """The first one, as people know the thing."""
        if not product.on_shelf.picture:
            return NO_PICTURE
        return format_html(SMALL_PICTURE, product.on_shelf.picture, product.name)

    @display(description="Price now")
    def price(self, product: Any) -> str:
        """From the cheapest to the dearest variant."""
        return str(product.on_shelf.price_range)

    @display(description="In stock")
    def stock(self, product: Any) -> str:
        """Pieces that can be sold."""
        return str(product.on_shelf.stock)

    @display(description="Variants")
    def variants_count(self, product: Any) -> int:
        """How many are sold."""
        return int(product.on_shelf.variants)

    @display(description="Options")
    def shown_options(self, product: Product) -> str:
        """As they are typed."""
        return _options_of(product) or "None"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Archived, never deleted: old orders point to them."""
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What a service refuses is told; nothing of the form is kept then."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:
            self.message_user(request, f"Nothing was saved. {refusal.message}", messages.ERROR)
            return redirect(request.get_full_path())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Options before the variants that are made of their words, new files last."""
        if "option_lines" in form.changed_data:
            set_options(product=form.instance, options=form.cleaned_data["option_lines"])
        super().save_related(request, form, formsets, change)
        add_uploads(self, request, form.instance, form.cleaned_data.get("uploads", []))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """All of it goes through services."""
        if isinstance(formset, MediaFormSet):
            for refusal in formset.apply():
                self.message_user(request, refusal, messages.WARNING)
            return
        for line in formset.forms:
            if not line.has_changed() or not getattr(line, "cleaned_data", None):
                continue
            if formset.model is ProductTranslation:
                self._translate(form.instance, line, formset)
            else:
                line.apply(form.instance)
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []

    def _translate(self, product: Product, line: Any, formset: Any) -> None:
        given = line.cleaned_data
        before = line.initial.get("language")
        if before and (line in formset.deleted_forms or before != given["language"]):
            remove_translation(product=product, language=before)
        if line not in formset.deleted_forms:
            translate_product(
                product=product, language=given["language"], name=given["name"],
                description=given["description"], options=given["words"],
            )  # fmt: skip
