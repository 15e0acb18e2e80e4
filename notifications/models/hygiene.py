"""What FCM's answers would do to devices, and the alarm that stops them."""

from django.conf import settings
from django.db import models

from core.constraints import choice_is_known
from core.models import BaseModel
from notifications.enums import DeactivatedReason, VerdictState


class PushMinute(BaseModel):
    """How many pushes FCM answered in a minute, spread over a few rows so that workers do not
    wait for each other.
    """

    minute = models.DateTimeField()
    shard = models.PositiveSmallIntegerField()
    answered = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["minute", "shard"], name="notifications_pushminute_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.minute:%H:%M}: {self.answered}"


class DeviceVerdict(BaseModel):
    """FCM said that a device is gone. Applied, or held while an alarm is open."""

    device_id = models.UUIDField(help_text="It may be gone by now")
    reason = models.TextField(choices=DeactivatedReason.choices)
    state = models.TextField(choices=VerdictState.choices, default=VerdictState.APPLIED)

    class Meta:
        constraints = [
            choice_is_known("reason", DeactivatedReason, table="notifications_deviceverdict"),
            choice_is_known("state", VerdictState, table="notifications_deviceverdict"),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="notifications_verdict_at"),
            models.Index(fields=["device_id"], name="notifications_verdict_device"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.get_state_display().lower()}"


class DeviceAlarm(BaseModel):
    """Too many devices would have been switched off at once: nobody is, until staff decide."""

    gone = models.PositiveIntegerField(help_text="Devices FCM called gone within an hour")
    answered = models.PositiveIntegerField(help_text="Pushes FCM answered within that hour")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    applied = models.BooleanField(null=True, help_text="What staff decided: really gone, or not")

    class Meta:
        permissions = [("close_devicealarm", "Can decide about devices that look gone")]
        indexes = [models.Index(fields=["closed_at", "-id"], name="notifications_alarm_open")]

    def __str__(self) -> str:
        return f"{self.gone} of {self.answered} pushes ({self.created_at:%Y-%m-%d %H:%M})"
