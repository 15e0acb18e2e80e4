"""Addresses that are not written to any more, or not about everything."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.constraints import choice_is_known
from core.models import BaseModel
from notifications.enums import SuppressionReason, SuppressionScope
from notifications.models.delivery import Delivery


class Suppression(BaseModel):
    """One reason not to write to an address. The address itself is not here, only a keyed hash
    (services/suppression/hashing.py): whoever asks to be forgotten stays unwritten to.

    Lifted ones stay, so that it can be told why mail began again.
    """

    address_hash = models.BinaryField(max_length=32)
    scope = models.TextField(choices=SuppressionScope.choices)
    reason = models.TextField(choices=SuppressionReason.choices)
    source = models.TextField(help_text="Who says so: the mail provider, smtp, or staff")
    delivery = models.ForeignKey(
        Delivery, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="The message it began with",
    )  # fmt: skip
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: until lifted")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_because = models.TextField(blank=True)

    class Meta:
        permissions = [("lift_suppression", "Can let an address be written to again")]
        constraints = [
            models.UniqueConstraint(
                fields=["address_hash", "reason"],
                name="notifications_suppression_once",
                condition=Q(lifted_at__isnull=True),
            ),
            choice_is_known("scope", SuppressionScope, table="notifications_suppression"),
            choice_is_known("reason", SuppressionReason, table="notifications_suppression"),
            models.CheckConstraint(
                name="notifications_suppression_lifted_with_reason",
                condition=Q(lifted_at__isnull=True, lifted_because="")
                | Q(lifted_at__isnull=False) & ~Q(lifted_because=""),
            ),
        ]

    @property
    def is_over(self) -> bool:
        """Whether its time has run out."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.get_scope_display().lower()}"
