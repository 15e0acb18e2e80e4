"""Phones and browsers, and why some get no more pushes."""

from django.contrib import admin
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from notifications.models import Device

ACTIVE_LABELS = {"yes": "success", "no": "danger"}


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    """The token itself is not shown: whoever has it can be written to by others."""

    list_display = [
        "user", "platform", "token_kind", "token_end", "shown_active", "last_seen_at",
        "created_at",
    ]  # fmt: skip
    list_filter = ["active", "platform", "token_kind", ("last_seen_at", RangeDateTimeFilter)]
    search_fields = ["user__email__startswith"]
    ordering = ["-last_seen_at"]
    list_select_related = ["user"]
    fields = [
        "user", "platform", "token_kind", "token_end", "shown_active", "deactivated_at",
        "last_seen_at", "created_at",
    ]  # fmt: skip
    readonly_fields = fields

    @display(description="Token")
    def token_end(self, device: Device) -> str:
        """Enough to tell two apart."""
        return f"…{device.token[-6:]}"

    @display(description="Active", label=ACTIVE_LABELS)
    def shown_active(self, device: Device) -> Labelled:
        """Active, or why not."""
        if device.active:
            return Labelled("yes", "Active", ACTIVE_LABELS)
        return Labelled("no", device.get_deactivated_reason_display(), ACTIVE_LABELS)
