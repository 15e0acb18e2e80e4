"""One fact somebody is told about."""

from django.conf import settings
from django.db import models

from core.constraints import choice_is_known
from core.models import BaseModel
from notifications.enums import Category


class Notification(BaseModel):
    """A fact ("order 17 was placed") and whom it concerns; its deliveries say how they were told.

    `context` holds the declared variables of `kind` and never a secret: confirmation and reset
    links are made when the message is rendered. `dedupe_key` makes telling twice impossible.
    """

    kind = models.TextField(help_text="Names the template: order_placed, password_reset ...")
    category = models.TextField(choices=Category.choices, default=Category.SERVICE)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    email = models.TextField(blank=True)
    language = models.CharField(max_length=10, default="en")
    context = models.JSONField(default=dict)
    dedupe_key = models.TextField(unique=True)
    read_at = models.DateTimeField(null=True, blank=True, help_text="Read in the app")
    in_app = models.BooleanField(
        default=True, db_default=True, help_text="Off: they want no such news in the app"
    )

    class Meta:
        constraints = [choice_is_known("category", Category, table="notifications_notification")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notifications_inbox"),
            models.Index(
                fields=["user"],
                name="notifications_unread",
                condition=models.Q(read_at__isnull=True),
            ),
            models.Index(fields=["email", "-id"], name="notifications_address"),
        ]

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ').capitalize()} for {self.email or self.user_id}"
