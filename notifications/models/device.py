"""Phones and browsers that take pushes."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.constraints import choice_is_known
from core.models import BaseModel
from notifications.enums import DeactivatedReason, Platform, TokenKind

TOKEN_LENGTH = 1024  # FCM's are about 160 characters; a b-tree entry must stay below 2,700 bytes
INSTALLATION_LENGTH = 200
STALE_AFTER = timedelta(days=30)  # FCM's own word for a month without a sign of life
IDLE_AFTER = timedelta(days=90)


def fresh_since() -> datetime:
    """A device seen after this is fresh; one seen before gets no bulk messages."""
    return timezone.now() - STALE_AFTER


class Device(BaseModel):
    """One installation of the app. Its token is the key: a shared phone moves to its last user.

    FCM is moving from registration tokens to installation ids, so both are accepted; a row stands
    for the installation, whichever of the two it is known by today.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    platform = models.TextField(choices=Platform.choices)
    token_kind = models.TextField(choices=TokenKind.choices, default=TokenKind.TOKEN)
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True)
    installation_id = models.CharField(
        max_length=INSTALLATION_LENGTH,
        blank=True,
        default="",
        db_default="",
        help_text="Stays the same when the token changes; empty when the app told none",
    )
    app_version = models.CharField(max_length=40, blank=True, default="", db_default="")
    locale = models.CharField(max_length=20, blank=True, default="", db_default="")
    time_zone = models.CharField(max_length=64, blank=True, default="", db_default="")
    last_seen_at = models.DateTimeField(help_text="Last registered or refreshed by the app")
    active = models.BooleanField(default=True)
    deactivated_reason = models.TextField(choices=DeactivatedReason.choices, blank=True, default="")
    deactivated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            choice_is_known("platform", Platform, table="notifications_device"),
            choice_is_known("token_kind", TokenKind, table="notifications_device"),
            models.UniqueConstraint(
                fields=["installation_id"],
                condition=~Q(installation_id=""),
                name="notifications_device_installation_once",
            ),
            models.CheckConstraint(
                name="notifications_device_deactivated_reason_known",
                condition=Q(deactivated_reason__in=["", *DeactivatedReason.values]),
            ),
            models.CheckConstraint(
                name="notifications_device_inactive_has_reason",
                condition=Q(active=True, deactivated_reason="", deactivated_at__isnull=True)
                | Q(active=False, deactivated_at__isnull=False) & ~Q(deactivated_reason=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["user"], name="notifications_device_active", condition=Q(active=True)
            ),
            models.Index(fields=["last_seen_at"], name="notifications_device_seen"),
        ]

    def __str__(self) -> str:
        return f"{self.get_platform_display()} …{self.token[-6:]}"

    @property
    def is_stale(self) -> bool:
        """Not seen for 30 days: only messages for this one person are sent to it."""
        return self.active and self.last_seen_at < fresh_since()
