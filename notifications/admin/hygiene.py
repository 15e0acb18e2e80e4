"""The alarm of devices: what FCM says, and what staff make of it."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display

from accounts.admin.refusals import ask_first, back_to
from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError
from notifications.enums import VerdictState
from notifications.models import DeviceAlarm, DeviceVerdict
from notifications.services.hygiene.alarm import close_alarm

LABELS = {"open": "danger", "off": "default", "kept": "success"}
WORDS = {"open": "Nobody is switched off", "off": "Switched off", "kept": "Let be"}


@admin.register(DeviceAlarm)
class DeviceAlarmAdmin(ReadOnlyAdmin):
    """While one is open no device is switched off; staff decide about all that are held."""

    list_display = ["created_at", "shown_state", "gone", "answered", "closed_at", "closed_by"]
    ordering = ["-id"]
    list_select_related = ["closed_by"]
    actions_detail = ["switch_off", "let_be"]
    fields = ["shown_state", "gone", "answered", "held", "created_at", "closed_at", "closed_by"]
    readonly_fields = fields
    empty_note = (
        "Rings when more than five in a hundred pushes of an hour come back with “this device is "
        "gone”: then nobody is switched off until you decide."
    )

    @display(description="State", label=LABELS)
    def shown_state(self, alarm: DeviceAlarm) -> Labelled:
        """Open, or what was decided."""
        key = "open" if alarm.closed_at is None else "off" if alarm.applied else "kept"
        return Labelled(key, WORDS[key], LABELS)

    @display(description="Devices held now")
    def held(self, alarm: DeviceAlarm) -> str:
        """By FCM's reason."""
        if alarm.closed_at:
            return "–"
        counted: dict[str, int] = {}
        for verdict in DeviceVerdict.objects.filter(state=VerdictState.HELD)[:10_000]:
            label = verdict.get_reason_display()
            counted[label] = counted.get(label, 0) + 1
        return ", ".join(f"{label}: {number:,}" for label, number in counted.items()) or "None"

    def has_close_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """A right of its own."""
        return bool(request.user.has_perm("notifications.close_devicealarm"))

    @action(
        description="Switch them off",
        permissions=["close"],
        dialog=ask_first(
            "The apps really are gone: the devices get no more pushes.", "Switch them off"
        ),
    )
    def switch_off(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        """FCM was right."""
        return self._close(request, object_id, apply=True)

    @action(
        description="Let them be",
        permissions=["close"],
        dialog=ask_first(
            "It was our credentials, and they are right again: all devices stay.", "Let them be"
        ),
    )
    def let_be(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        """It was our mistake."""
        return self._close(request, object_id, apply=False)

    def _close(self, request: HttpRequest, object_id: str, *, apply: bool) -> HttpResponse:
        try:
            number = close_alarm(alarm_id=UUID(object_id), apply=apply)
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            done = "were switched off" if apply else "stay as they are"
            self.message_user(request, f"{number:,} devices {done}.", messages.SUCCESS)
        return back_to(request, reverse("admin:notifications_devicealarm_change", args=[object_id]))
