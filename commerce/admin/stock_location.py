"""Places where goods lie."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from commerce.models import StockLocation
from commerce.services.stock.locations import change_location, open_location
from core.errors import DomainError


@admin.register(StockLocation)
class StockLocationAdmin(ModelAdmin):
    """Opened and changed here; goods are moved on their own pages."""

    list_display = ["name", "country", "vendor", "priority", "is_active", "is_default", "kinds",
                    "pieces"]  # fmt: skip
    list_filter = ["is_active", "country"]
    list_select_related = ["vendor"]
    search_fields = ["name"]
    ordering = ["priority", "name"]
    autocomplete_fields = ["vendor"]
    fields = [("name", "country"), ("priority", "is_active", "is_default"), "vendor"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockLocation]:
        """With what lies there, in the same query."""
        places: QuerySet[StockLocation] = super().get_queryset(request)
        return places.annotate(things=Count("items"), there=Sum("items__on_hand"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A place stays whose it is: other vendors' goods may lie there."""
        return ["vendor"] if obj else ["is_default"]

    @display(description="Things", ordering="things")
    def kinds(self, place: Any) -> int:
        """How many variants have a shelf there."""
        return int(place.things)

    @display(description="Pieces", ordering="there")
    def pieces(self, place: Any) -> int:
        """All of them together."""
        return int(place.there or 0)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Closed, never deleted: movements point to it."""
        return False

    def save_model(self, request: HttpRequest, obj: StockLocation, form: Any, change: bool) -> None:
        """Through the services, which refuse what cannot be."""
        try:
            if change:
                values = {name: form.cleaned_data[name] for name in form.changed_data}
                change_location(location_id=obj.pk, **values)
            else:
                made = open_location(
                    name=obj.name,
                    country=obj.country,
                    priority=obj.priority,
                    vendor_id=obj.vendor_id,
                    is_active=obj.is_active,
                )
                obj.pk = made.pk
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
