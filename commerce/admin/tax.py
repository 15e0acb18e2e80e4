"""What is due where, and since when."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import display

from commerce.models import TaxRate
from commerce.pricing.rounding import percent_text
from core.admin.badge import Labelled
from core.audit import record_audit

NOW_LABELS = {"now": "success", "later": "info", "over": "default"}
NOW_WORDS = {"now": "In force", "later": "Not yet", "over": "Over"}


@admin.register(TaxRate)
class TaxRateAdmin(ModelAdmin):
    """Rates end and others begin: an order keeps the rate it was placed at."""

    list_display = ["place", "tax_class", "name", "rate", "is_included", "in_force", "valid_from",
                    "valid_to"]  # fmt: skip
    list_filter = ["country", "tax_class", "treatment", "is_included"]
    search_fields = ["country__exact", "region__istartswith", "name__istartswith"]
    search_help_text = "Country code, region or name"
    list_before_template = "commerce/admin/try_it.html"
    compressed_fields = True
    fieldsets = [
        ("Where and on what", {"fields": [("country", "region"), "region_spellings", "tax_class"]}),
        ("How much", {"fields": [("name", "percent"), ("is_included", "is_on_shipping")]}),
        ("Why", {"fields": ["treatment", "note"]}),
        ("When", {"fields": [("valid_from", "valid_to")]}),
    ]

    @display(description="Place", ordering="country")
    def place(self, rate: TaxRate) -> str:
        """Country and region."""
        return f"{rate.country} {rate.region}".strip()

    @display(description="Rate", ordering="percent")
    def rate(self, rate: TaxRate) -> str:
        """In percent."""
        return f"{percent_text(rate.percent)} %"

    @display(description="Today", label=NOW_LABELS)
    def in_force(self, rate: TaxRate) -> Labelled:
        """Whether it counts now."""
        today = timezone.now().date()
        key = "later" if rate.valid_from > today else "now"
        if rate.valid_to and rate.valid_to < today:
            key = "over"
        return Labelled(key, NOW_WORDS[key], NOW_LABELS)

    def save_model(self, request: HttpRequest, obj: TaxRate, form: object, change: bool) -> None:
        """What people owe the state stays on record."""
        super().save_model(request, obj, form, change)
        record_audit(
            action="tax_rate.change" if change else "tax_rate.create",
            resource=obj,
            details={"rate": str(obj), "from": str(obj.valid_from), "to": str(obj.valid_to or "")},
        )
