"""Products with their variants, prices and stock on one page."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from commerce.admin.labels import PRODUCT_LABELS
from commerce.admin.media_form import MediaFormSet, ProductForm
from commerce.admin.media_inline import (
    MediaInline,
    RemovedMediaInline,
    add_uploads,
    has_removed,
)
from commerce.admin.variant_form import VariantForm, shown_prices, stock_in_words
from commerce.enums import ProductStatus
from commerce.models import Price, Product, Variant
from commerce.services.catalogue import change_product
from core.admin.badge import Labelled
from core.admin.paginator import EstimatedPaginator


class VariantInline(TabularInline):
    """One line a variant."""

    model = Variant
    form = VariantForm
    extra = 0
    hide_title = True
    fields = ["sku", "options", "price_list", "counted", "is_active", "tracks_stock"]
    can_delete = False

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


@admin.register(Product)
class ProductAdmin(ModelAdmin):
    """Drafts, what is on sale, and archives."""

    list_display = ["name", "shown_status", "vendor", "category", "service", "variants_count"]
    list_filter = [
        "status", "service", ("vendor", AutocompleteSelectFilter),
        ("category", AutocompleteSelectFilter),
    ]  # fmt: skip
    list_filter_submit = True
    list_select_related = ["vendor", "category"]
    search_fields = ["name__icontains", "slug__startswith", "variants__sku__startswith"]
    ordering = ["-id"]
    autocomplete_fields = ["vendor", "category"]
    prepopulated_fields = {"slug": ["name"]}
    form = ProductForm
    inlines = [VariantInline, MediaInline]
    actions = ["put_on_sale", "archive"]
    paginator = EstimatedPaginator
    show_full_result_count = False
    list_per_page = 50
    fieldsets = [
        (None, {"fields": ["name", "slug", "vendor", "category", "status", "service"]}),
        ("What it is", {"fields": ["description"]}),
    ]
    upload_fieldset = ("Pictures and documents", {"fields": ["uploads"]})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        """The number of variants comes with the same query."""
        return super().get_queryset(request).annotate(variants_number=Count("variants"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Files are added by those who may change the product."""
        shown = super().get_fieldsets(request, obj)
        may = self.has_change_permission(request, obj) if obj else True
        return [*shown, self.upload_fieldset] if may else shown

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """What was taken away is shown while there is any of it."""
        removed = obj is not None and has_removed(obj)
        return [*self.inlines, RemovedMediaInline] if removed else self.inlines

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A product stays with its vendor: its SKUs are unique there."""
        return ["vendor"] if obj else []

    @display(description="Status", ordering="status", label=PRODUCT_LABELS)
    def shown_status(self, product: Product) -> Labelled:
        """A coloured label."""
        return Labelled(product.status, product.get_status_display(), PRODUCT_LABELS)

    @display(description="Variants", ordering="variants_number")
    def variants_count(self, product: Any) -> int:
        """How many."""
        return int(product.variants_number)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Archived, never deleted: old orders point to them."""
        return False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Variants belong to the product's vendor; prices and counts go through services."""
        if isinstance(formset, MediaFormSet):
            for refusal in formset.apply():
                self.message_user(request, refusal, messages.WARNING)
            return
        for variant in formset.save(commit=False):
            variant.vendor_id = form.instance.vendor_id
            variant.save()
        formset.save_m2m()
        for line in formset.forms:
            if line.has_changed() and hasattr(line, "cleaned_data") and line.cleaned_data:
                line.apply()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """After the lines: new files, at their end."""
        super().save_related(request, form, formsets, change)
        add_uploads(self, request, form.instance, form.cleaned_data.get("uploads", []))

    @admin.action(description="Put on sale", permissions=["change"])
    def put_on_sale(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Everybody sees them."""
        self._move(request, queryset, ProductStatus.ACTIVE)

    @admin.action(description="Archive", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Nobody can buy them any more."""
        self._move(request, queryset, ProductStatus.ARCHIVED)

    def _move(self, request: HttpRequest, products: QuerySet[Product], to: ProductStatus) -> None:
        for product in products:
            change_product(product=product, changes={"status": to})
        self.message_user(request, f"{len(products)} {to.label.lower()}.", messages.SUCCESS)
