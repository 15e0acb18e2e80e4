"""The history of a delivery: what we did with it, what the mail provider told us about it."""

from django.db import models

from core.constraints import choice_is_known
from core.models import BaseModel
from notifications.enums import DeliveryNews
from notifications.models.delivery import Delivery


class DeliveryEvent(BaseModel):
    """Append-only. `key` is the sender's id of the news: what is told twice stands here once."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="events")
    kind = models.TextField(choices=DeliveryNews.choices)
    at = models.DateTimeField(help_text="When it happened, by the clock of whoever tells")
    source = models.TextField(help_text="worker, staff, or the mail provider's name")
    detail = models.TextField(blank=True, help_text="In the provider's words, without addresses")
    key = models.TextField()
    arrival_id = models.BigIntegerField(
        null=True, blank=True, help_text="The webhook it came with, as it is in the event log"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "key"], name="notifications_deliveryevent_once"
            ),
            choice_is_known("kind", DeliveryNews, table="notifications_deliveryevent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.source})"
