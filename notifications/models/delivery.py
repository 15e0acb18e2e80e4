"""One message on one channel to one target, and what became of it."""

from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Lower, Now

from core.constraints import choice_is_known
from core.models import BaseModel
from notifications.enums import Channel, DeliveryState, states_before
from notifications.models.device import Device
from notifications.models.notification import Notification


class Delivery(BaseModel):
    """The answer to "why did, or didn't, I get this?": a state and its reason.

    `target` is an e-mail address, or the id of a device or user, as text: it outlives the device.
    """

    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="deliveries"
    )
    channel = models.TextField(choices=Channel.choices)
    target = models.TextField(help_text="E-mail address, device id or user id")
    # The database sets it to NULL (0002_policies.py): people delete their own devices, and may
    # not touch this table.
    device = models.ForeignKey(
        Device,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="deliveries",
    )
    state = models.TextField(choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    reason = models.TextField(blank=True, help_text="Why it is in this state")
    attempts = models.PositiveSmallIntegerField(default=0)
    provider = models.TextField(blank=True, help_text="smtp, fcm, or the mail provider's name")
    provider_message_id = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # Apart from the state: mail programs load pictures nobody saw, so nothing is decided by these.
    opened_at = models.DateTimeField(null=True, blank=True, help_text="First opened, as told")
    clicked_at = models.DateTimeField(null=True, blank=True, help_text="First link followed")
    waits_until = models.DateTimeField(
        null=True, blank=True, help_text="Waiting: when their quiet hours end"
    )
    waits_for = models.UUIDField(null=True, blank=True, help_text="Waiting: whose hours")
    digest = models.ForeignKey(
        Notification,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="merged",
        help_text="The digest that told it",
    )

    class Meta:
        verbose_name_plural = "deliveries"
        permissions = [("resend_delivery", "Can send messages again")]
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "channel", "target"], name="notifications_delivery_once"
            ),
            choice_is_known("channel", Channel, table="notifications_delivery"),
            choice_is_known("state", DeliveryState, table="notifications_delivery"),
            models.CheckConstraint(
                name="notifications_delivery_waiting_has_end",
                condition=~models.Q(state=DeliveryState.WAITING)
                | models.Q(waits_until__isnull=False, waits_for__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_message_id"],
                name="notifications_provider_id",
                condition=~models.Q(provider_message_id=""),
            ),
            models.Index(fields=["state", "-id"], name="notifications_delivery_state"),
            models.Index(
                Lower("target"),
                name="notifications_delivery_address",
                condition=models.Q(channel=Channel.EMAIL),
            ),
            BrinIndex(
                fields=["created_at"],
                name="notifications_delivery_days",
                autosummarize=True,
                pages_per_range=16,
            ),
            # what waits for one person's quiet hours to end
            models.Index(
                fields=["waits_for"],
                name="notifications_waiting",
                condition=models.Q(state=DeliveryState.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} to {self.target}: {self.get_state_display()}"

    def move_to(self, new: DeliveryState, **columns: Any) -> bool:
        """Change the state only if the row is still in one that allows it.

        `columns` change in the same statement. Returns whether it happened: a late answer about
        a message that is already settled changes nothing.
        """
        moved = (
            type(self)
            .objects.filter(pk=self.pk, state__in=states_before(new))
            .update(state=new, updated_at=Now(), **columns)
        )
        if moved:
            # only what changed: device and notification stay loaded for the call outside
            self.refresh_from_db(fields=["state", "updated_at", *columns])
        return bool(moved)
