"""Phones and browsers that take pushes."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.constraints import choice_is_known
from core.models import BaseModel
from notifications.enums import DeactivatedReason, Platform, TokenKind

TOKEN_LENGTH = 1024  # FCM's are about 160 characters; a b-tree entry must stay below 2,700 bytes


class Device(BaseModel):
    """One installation of the app. Its token is the key: a shared phone moves to its last user.

    FCM is moving from registration tokens to installation ids, so both are accepted.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    platform = models.TextField(choices=Platform.choices)
    token_kind = models.TextField(choices=TokenKind.choices, default=TokenKind.TOKEN)
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True)
    last_seen_at = models.DateTimeField(help_text="Last registered or refreshed by the app")
    active = models.BooleanField(default=True)
    deactivated_reason = models.TextField(choices=DeactivatedReason.choices, blank=True, default="")
    deactivated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            choice_is_known("platform", Platform, table="notifications_device"),
            choice_is_known("token_kind", TokenKind, table="notifications_device"),
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
