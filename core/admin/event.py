"""The event log: what arrived, what happened, and who reacted."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from core.admin.badge import Labelled
from core.admin.body import shown_body
from core.admin.labels import DELIVERY_LABELS
from core.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from core.admin.when_filter import WhenFilter
from core.enums import DeliveryState
from core.models import Delivery, Event


class DeliveryInline(ReadOnlyInline):
    """Who was told, and how it went."""

    model = Delivery
    fields = ["subscriber", "shown_state", "attempts", "duration_ms", "finished_at", "last_error"]
    readonly_fields = fields
    verbose_name_plural = "Reactions"

    @display(description="State", label=DELIVERY_LABELS)
    def shown_state(self, delivery: Delivery) -> Labelled:
        """A coloured label."""
        return Labelled(delivery.state, delivery.get_state_display(), DELIVERY_LABELS)


def _somebody_acted() -> Exists:
    """Whether a subscriber did, or will do, more than keep it."""
    told = Delivery.objects.filter(event=OuterRef("pk"))
    return Exists(told.exclude(state=DeliveryState.IGNORED))


class HandledFilter(admin.SimpleListFilter):
    """Events somebody hears, and those that are only kept."""

    title = "heard"
    parameter_name = "heard"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Two kinds."""
        return [("yes", "By a subscriber"), ("no", "Ignored: kept, nothing to do")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """Events that somebody acted on, or the others."""
        heard = _somebody_acted()
        if self.value() == "yes":
            return queryset.filter(heard)
        return queryset.filter(~heard) if self.value() == "no" else queryset


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """Read-only; bodies are loaded on the page of one event only."""

    list_display = ["id", "type", "source", "subject", "heard", "duplicates", "created_at"]
    list_filter = ["source", HandledFilter, ("created_at", WhenFilter)]
    search_fields = ["type__startswith", "subject__startswith", "external_key__exact"]
    ordering = ["-id"]
    inlines = [DeliveryInline]
    fieldsets = [
        (None, {"fields": ["type", "source", "subject", "external_key", "duplicates"]}),
        ("When and by whom", {"fields": ["occurred_at", "created_at", "actor_id", "request_id"]}),
        ("What it says", {"fields": ["data", "headers", "body_shown"]}),
    ]
    readonly_fields = ["body_shown"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """Without bodies; whether anybody heard it comes with the same query."""
        rows = super().get_queryset(request).defer("body")
        return rows.annotate(is_heard=_somebody_acted())

    @display(description="Heard", label={"Heard": "success", "Ignored": "default"})
    def heard(self, event: Any) -> str:
        """Whether somebody acted on it."""
        return "Heard" if event.is_heard else "Ignored"

    @display(description="Body as it arrived")
    def body_shown(self, event: Event) -> SafeString:
        """Escaped and cut."""
        return shown_body(event.body)
