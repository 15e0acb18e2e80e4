"""Why did, or didn't, somebody get a message: every delivery with its state and reason."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from core.errors import DomainError
from notifications.admin.as_sent import as_sent
from notifications.admin.labels import STATE_LABELS
from notifications.kinds import title_of
from notifications.models import Delivery
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


@admin.register(Delivery)
class DeliveryAdmin(ShowsState, ReadOnlyAdmin):
    """One message to one target; what did not arrive can be sent again."""

    list_display = [
        "created_at", "kind", "channel", "target", "shown_state", "short_reason", "attempts",
        "sent_at",
    ]  # fmt: skip
    list_filter = ["state", "channel", "provider", ("created_at", RangeDateTimeFilter)]
    search_fields = ["target__startswith", "provider_message_id__exact"]
    search_help_text = "An e-mail address or a provider's message id"
    ordering = ["-id"]
    list_select_related = ["notification"]
    actions = ["resend_selected"]
    fields = [
        "notification", "channel", "target", "device", "shown_state", "reason", "waits_until",
        "digest", "attempts", "provider", "provider_message_id", "sent_at", "created_at",
        "updated_at", "mail",
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
