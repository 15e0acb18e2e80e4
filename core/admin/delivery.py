"""Reactions to events: the dead letters, and sending them back to work."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from core.admin.labels import DELIVERY_LABELS
from core.admin.readonly import ReadOnlyAdmin
from core.admin.when_filter import WhenFilter
from core.events.replay import replay
from core.intake.sources import SOURCES
from core.models import Delivery


class SenderFilter(admin.SimpleListFilter):
    """Reactions to what one sender told us, or to news of our own."""

    title = "sender"
    parameter_name = "sender"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Whoever may send."""
        return [(name, name.capitalize()) for name in ["tradewind", *sorted(SOURCES)]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """By the event's source."""
        return queryset.filter(event__source=self.value()) if self.value() else queryset


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """One row per (event, subscriber); dead ones can be replayed, one or many."""

    list_display = [
        "id", "event_type", "subscriber", "shown_state", "queue", "attempts", "duration_ms",
        "created_at", "short_error",
    ]  # fmt: skip
    list_filter = [
        "state", "queue", SenderFilter, "subscriber", ("created_at", WhenFilter),
    ]  # fmt: skip
    search_fields = ["subject__startswith", "subscriber__startswith"]
    ordering = ["-id"]
    actions = ["replay_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """With the event's type, without its body."""
        return (
            super()
            .get_queryset(request)
            .select_related("event")
            .defer("event__body", "event__data")
        )

    @display(description="Event", ordering="event__type")
    def event_type(self, delivery: Delivery) -> str:
        """What happened."""
        return delivery.event.type

    @display(description="State", ordering="state", label=DELIVERY_LABELS)
    def shown_state(self, delivery: Delivery) -> tuple[str, str]:
        """A coloured label."""
        return delivery.state, delivery.get_state_display()

    @display(description="Last error")
    def short_error(self, delivery: Delivery) -> str:
        """Its last line, which names the error."""
        lines = delivery.last_error.strip().splitlines()
        return lines[-1][:120] if lines else ""

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Sending work back is a right of its own."""
        return request.user.has_perm("core.replay_delivery")

    @admin.action(description="Replay (dead and ignored ones)", permissions=["replay"])
    def replay_selected(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Back to work; done ones are left alone, and staff are told."""
        asked = queryset.count()
        replayed = replay(
            deliveries=Delivery.objects.filter(pk__in=queryset.values("pk")),
            by=request.user.get_username(),
        )
        self.message_user(request, f"{replayed} sent back to work.", messages.SUCCESS)
        if replayed < asked:
            self.message_user(
                request,
                f"{asked - replayed} left alone: only dead and ignored ones are replayed, "
                "the effect of a done one exists already.",
                messages.WARNING,
            )
