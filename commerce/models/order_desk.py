"""What staff leave on an order: notes, and what they changed about it."""

from typing import Any

from django.db import models

from commerce.models.order import Order
from commerce.models.order_child import OrderChild
from core.models import BaseModel


class OrderNote(OrderChild, BaseModel):
    """A line of the staff's own thread. The buyer never reads it; nobody rewrites it."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="desk_notes")
    author_id = models.UUIDField(null=True, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["customer_id"], name="commerce_ordernote_customer"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class OrderRevision(OrderChild):
    """One change that somebody made to an order after it was placed: before, after, why."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(help_text="Counted from 1 in each order")
    at = models.DateTimeField(auto_now_add=True)
    actor_id = models.UUIDField(null=True, blank=True)
    reason = models.TextField()
    before = models.JSONField(null=True, help_text="Only what changed")
    after = models.JSONField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "number"], name="commerce_orderrevision_number_once"
            ),
        ]
        indexes = [
            models.Index(fields=["customer_id"], name="commerce_orderrevision_cust"),
        ]

    def __str__(self) -> str:
        return f"Revision {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written once, never changed."""
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)
