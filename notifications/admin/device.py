"""Phones and browsers, and why some get no more pushes."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display

from accounts.admin.refusals import back_to, in_words
from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from core.admin.when_filter import WhenFilter
from core.errors import DomainError
from notifications.admin.push_forms import SEND, PeopleWordsForm
from notifications.enums import TokenKind
from notifications.models import Device, DeviceAlarm
from notifications.models.device import fresh_since
from notifications.services.pushes_by_staff import push_to_users, users_named

ACTIVE_LABELS = {"yes": "success", "stale": "warning", "no": "danger"}


class StateFilter(admin.SimpleListFilter):
    """Fresh, stale, or switched off."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The three."""
        return [("fresh", "Active"), ("stale", "Stale: nothing in bulk"), ("off", "Switched off")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By when it was seen."""
        chosen = {
            "fresh": Q(active=True, last_seen_at__gte=fresh_since()),
            "stale": Q(active=True, last_seen_at__lt=fresh_since()),
            "off": Q(active=False),
        }.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    """The token itself is not shown: whoever has it can be written to by others."""

    list_display = [
        "user", "platform", "token_kind", "token_end", "shown_active", "app_version", "locale",
        "last_seen_at", "created_at",
    ]  # fmt: skip
    list_filter = [
        StateFilter, "deactivated_reason", "platform", "token_kind",
        ("last_seen_at", WhenFilter),
    ]  # fmt: skip
    search_fields = ["user__email__startswith"]
    search_help_text = "An e-mail address"
    ordering = ["-last_seen_at"]
    list_select_related = ["user"]
    list_before_template = "admin/notifications/devices.html"
    actions_list = ["push_to_people"]
    fields = [
        "user", "platform", "token_kind", "token_end", "shown_active", "deactivated_at",
        "app_version", "locale", "time_zone", "last_seen_at", "created_at",
    ]  # fmt: skip
    readonly_fields = fields
    empty_note = "An app registers its devices at POST /api/v1/devices/ when somebody logs in."

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Under how many there are, and an alarm that waits for somebody."""
        counted = Device.objects.aggregate(
            alive=Count("pk", filter=Q(active=True)),
            fid=Count("pk", filter=Q(active=True, token_kind=TokenKind.FID)),
            stale=Count("pk", filter=Q(active=True, last_seen_at__lt=fresh_since())),
            off=Count("pk", filter=Q(active=False)),
        )
        alarm = DeviceAlarm.objects.filter(closed_at__isnull=True).first()
        figures = {
            "counted": counted,
            "fid_percent": round(100 * counted["fid"] / counted["alive"])
            if counted["alive"]
            else 0,
            "alarm": alarm,
        }
        return super().changelist_view(request, (extra_context or {}) | figures)

    @display(description="Token")
    def token_end(self, device: Device) -> str:
        """Enough to tell two apart."""
        return f"…{device.token[-6:]}"

    @display(description="State", label=ACTIVE_LABELS)
    def shown_active(self, device: Device) -> Labelled:
        """Active, stale, or why not."""
        if device.is_stale:
            return Labelled("stale", "Stale: nothing in bulk", ACTIVE_LABELS)
        if device.active:
            return Labelled("yes", "Active", ACTIVE_LABELS)
        return Labelled("no", device.get_deactivated_reason_display(), ACTIVE_LABELS)

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Sending to people is a right of its own."""
        return bool(request.user.has_perm(SEND))

    @action(
        description="Push to people",
        permissions=["send"],
        dialog={
            "title": "Push to people",
            "description": "To every device of theirs, and into their list in the app.",
            "form_class": PeopleWordsForm,
            "form_submit_text": "Send",
        },
    )
    def push_to_people(self, request: HttpRequest, form: PeopleWordsForm) -> HttpResponse:
        """By their addresses; the list of deliveries tells what became of it on each device."""
        page = reverse("admin:notifications_device_changelist")
        try:
            people = push_to_users(
                user_ids=users_named(form.cleaned_data["people"]),
                words=form.words,
                dedupe_key=form.dedupe_key,
            )
        except DomainError as refusal:
            messages.error(request, in_words(refusal))
            return back_to(request, page)
        self.message_user(request, f"Queued for {people:,} people.", messages.SUCCESS)
        return back_to(request, reverse("admin:notifications_delivery_changelist"))
