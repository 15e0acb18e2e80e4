"""Facts people were told, with what they were sent."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from core.admin.when_filter import WhenFilter
from core.languages import normal
from notifications.admin.delivery import DeliveryInline
from notifications.admin.labels import CATEGORY_LABELS
from notifications.admin.wording.overview import channels_of
from notifications.kinds import kind_or_none, title_of
from notifications.models import Notification


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """One row per fact. The page shows every delivery with its reason, and the words."""

    list_display = [
        "created_at",
        "message",
        "shown_category",
        "email",
        "user",
        "language",
        "read_at",
    ]
    list_filter = ["kind", "category", "language", ("created_at", WhenFilter)]
    search_fields = ["email__startswith", "dedupe_key__startswith"]
    search_help_text = "An e-mail address or a dedupe key"
    ordering = ["-id"]
    list_select_related = ["user"]
    inlines = [DeliveryInline]
    fields = [
        "message", "shown_category", "email", "user", "language", "words", "context", "dedupe_key",
        "created_at", "read_at",
    ]  # fmt: skip
    readonly_fields = fields

    @display(description="Category", ordering="category", label=CATEGORY_LABELS)
    def shown_category(self, notification: Notification) -> Labelled:
        """Whether it may be switched off."""
        text = notification.get_category_display()
        return Labelled(notification.category, text, CATEGORY_LABELS)

    @display(description="Message", ordering="kind")
    def message(self, notification: Notification) -> str:
        """Which message."""
        return title_of(notification.kind)

    @display(description="Wording")
    def words(self, notification: Notification) -> SafeString | str:
        """A link to the words of this kind."""
        kind = kind_or_none(notification.kind)
        if kind is None:
            return "This kind is not told any more."
        channel, language = channels_of(kind)[0].value, normal(notification.language)
        url = reverse("admin:notifications_wording", args=[kind.key, channel, language])
        return format_html('<a class="text-primary-600 underline" href="{}">{}</a>', url, "Look")
