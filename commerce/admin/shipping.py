"""Zones with their places, ways of sending with their prices."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from commerce.admin.amounts import AmountsForm
from commerce.models import ShippingMethod, ShippingPlace, ShippingRate, ShippingZone
from core.audit import record_audit


class PlaceInline(TabularInline):
    """What the zone names."""

    model = ShippingPlace
    extra = 0
    fields = ["country", "region", "postal_prefix"]
    hide_title = True
    verbose_name_plural = "Places (a row without a country is everywhere that nobody names)"


class MethodInline(TabularInline):
    """The zone's ways; prices are on each one's page."""

    model = ShippingMethod
    extra = 0
    fields = ["code", "name", "min_days", "max_days", "position", "is_active"]
    show_change_link = True
    hide_title = True
    verbose_name_plural = "Ways of sending (prices: open one)"


@admin.register(ShippingZone)
class ShippingZoneAdmin(ModelAdmin):
    """An address belongs to the zone that names it most closely."""

    list_display = ["name", "places_named", "ways"]
    search_fields = ["name__icontains"]
    list_before_template = "commerce/admin/try_it.html"
    compressed_fields = True
    fields = ["name"]
    inlines = [PlaceInline, MethodInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShippingZone]:
        """Counts and places come along."""
        return (
            super()
            .get_queryset(request)
            .prefetch_related("places")
            .annotate(ways_count=Count("methods", distinct=True))
        )

    @display(description="Places")
    def places_named(self, zone: ShippingZone) -> str:
        """The first of them."""
        named = [str(place) for place in zone.places.all()]
        more = f" and {len(named) - 8} more" if len(named) > 8 else ""
        return (", ".join(named[:8]) + more) or "Nowhere yet"

    @display(description="Ways of sending", ordering="ways_count")
    def ways(self, zone: Any) -> int:
        """How many."""
        return int(zone.ways_count)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """On record."""
        super().save_model(request, obj, form, change)
        record_audit(action="shipping_zone.save", resource=obj, details={"name": obj.name})


class RateForm(AmountsForm):
    """Prices as people write them."""

    amounts = ("from_order_minor", "price_minor", "free_from_minor")

    class Meta:
        model = ShippingRate
        fields = ["currency", "from_weight_grams", "from_order_minor", "price_minor",
                  "free_from_minor"]  # fmt: skip


class RateInline(TabularInline):
    """A price a currency, and more from a weight or a value of goods on."""

    model = ShippingRate
    form = RateForm
    extra = 0
    hide_title = True
    verbose_name_plural = "Prices"


@admin.register(ShippingMethod)
class ShippingMethodAdmin(ModelAdmin):
    """A way of sending within a zone."""

    list_display = ["name", "code", "zone", "prices", "days", "is_active"]
    list_filter = ["is_active", "tax_class"]
    list_select_related = ["zone"]
    search_fields = ["name__icontains", "code__startswith"]
    list_before_template = "commerce/admin/try_it.html"
    autocomplete_fields = ["zone"]
    compressed_fields = True
    inlines = [RateInline]
    fieldsets = [
        (None, {"fields": ["zone", ("name", "code"), "names", ("position", "is_active")]}),
        ("What to expect", {"fields": [("min_days", "max_days")]}),
        ("When it is offered", {"fields": ["max_weight_grams", "valid_from", "valid_to"]}),
        ("Tax", {"fields": ["tax_class"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShippingMethod]:
        """With their prices."""
        return super().get_queryset(request).prefetch_related("rates")

    @display(description="Prices")
    def prices(self, method: ShippingMethod) -> str:
        """The first of them."""
        rates = [str(rate.price) for rate in method.rates.all()]
        more = " ..." if len(rates) > 4 else ""
        return (", ".join(rates[:4]) + more) or "None yet: it is not offered"

    @display(description="Days")
    def days(self, method: ShippingMethod) -> str:
        """From the fastest to the slowest."""
        ends = [days for days in (method.min_days, method.max_days) if days is not None]
        return " to ".join(dict.fromkeys(map(str, ends)))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """On record."""
        super().save_model(request, obj, form, change)
        record_audit(action="shipping_method.save", resource=obj, details={"code": obj.code})
