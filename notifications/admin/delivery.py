"""Why did, or didn't, somebody get a message: every delivery with its state and reason."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from core.admin.when_filter import WhenFilter
from core.errors import DomainError
from notifications.admin.as_sent import as_sent
from notifications.admin.labels import STATE_LABELS
from notifications.enums import Channel
from notifications.kinds import title_of
from notifications.models import Delivery, DeliveryEvent
from notifications.services.resend import resend


class ShowsState:
    """The coloured state, in lists and on pages."""

    @display(description="State", ordering="state", label=STATE_LABELS)
    def shown_state(self, delivery: Delivery) -> Labelled:
        """What became of it."""
        return Labelled(delivery.state, delivery.get_state_display(), STATE_LABELS)


class DeliveryInline(ShowsState, ReadOnlyInline):
    """How one fact was told: per channel and target."""

    model = Delivery
    fk_name = "notification"
    hide_title = True
    fields = [
        "channel", "target", "shown_state", "reason", "waits_until", "digest", "attempts",
        "provider", "sent_at",
    ]  # fmt: skip
    readonly_fields = fields
    verbose_name_plural = "Why did, or didn't, they get this?"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the digests' words: a query less a row."""
        return super().get_queryset(request).select_related("digest")


class HistoryInline(ReadOnlyInline):
    """What we did with it, and what the provider told us."""

    model = DeliveryEvent
    hide_title = True
    fields = ["at", "kind", "source", "detail"]
    readonly_fields = fields
    ordering = ["at", "id"]
    verbose_name_plural = "History"
    show_change_link = False


@admin.register(Delivery)
class DeliveryAdmin(ShowsState, ReadOnlyAdmin):
    """One message to one target; what did not arrive can be sent again."""

    list_display = [
        "created_at", "kind", "channel", "target", "shown_state", "short_reason", "attempts",
        "sent_at",
    ]  # fmt: skip
    list_filter = ["state", "channel", "provider", ("created_at", WhenFilter)]
    search_fields = ["provider_message_id__exact"]  # and addresses: get_search_results
    search_help_text = "An e-mail address or a provider's message id"
    ordering = ["-id"]
    list_select_related = ["notification"]
    inlines = [HistoryInline]
    actions_detail = ["why"]
    actions = ["resend_selected"]
    fields = [
        "notification", "channel", "target", "device", "shown_state", "reason", "waits_until",
        "digest", "attempts", "provider", "provider_message_id", "sent_at", "opened_at",
        "clicked_at", "created_at", "updated_at", "mail",
    ]  # fmt: skip
    readonly_fields = fields

    @display(description="As it went out")
    def mail(self, delivery: Delivery) -> SafeString:
        """The mail itself."""
        return as_sent(delivery)

    @display(description="Message", ordering="notification__kind")
    def kind(self, delivery: Delivery) -> str:
        """Which message."""
        return title_of(delivery.notification.kind)

    @display(description="Reason")
    def short_reason(self, delivery: Delivery) -> str:
        """The beginning of it."""
        return delivery.reason[:100]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Delivery], search_term: str
    ) -> tuple[QuerySet[Delivery], bool]:
        """A whole address in any spelling of its case, by its index; else a provider's id."""
        if "@" not in search_term:
            return super().get_search_results(request, queryset, search_term)
        found = queryset.alias(address=Lower("target")).filter(
            channel=Channel.EMAIL, address=search_term.strip().lower()
        )
        return found, False

    @action(description="Why did, or didn't, they get this?", url_path="why")
    def why(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The page of the whole fact."""
        delivery = self.get_object(request, object_id)
        if delivery is None:
            raise Http404
        return redirect("why-told", delivery.notification_id)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Sending to people is a right of its own."""
        return request.user.has_perm("notifications.resend_delivery")

    @admin.action(description="Send again", permissions=["resend"])
    def resend_selected(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Each for itself; a refusal is told with its reason."""
        sent = 0
        for delivery in queryset:
            try:
                resend(delivery_id=delivery.pk)
            except DomainError as refusal:
                self.message_user(request, f"{delivery}: {refusal.message}", messages.WARNING)
            else:
                sent += 1
        if sent:
            self.message_user(request, f"{sent} queued again.", messages.SUCCESS)
