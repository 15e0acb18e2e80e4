"""A vendor's part of an order: what one of them packs, sends and is asked about."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from commerce.enums import OrderStatus
from commerce.models.order import Order
from commerce.models.order_child import OrderChild
from commerce.models.vendor import Vendor
from core.constraints import choice_is_known, not_negative
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money

TABLE = "commerce_orderpart"


class OrderPart(OrderChild, BaseModel):
    """All lines of one vendor in one order, with a way of their own to the buyer.

    Parts are made and summed by a trigger on the lines, whoever writes those. An order is as far
    as that of its parts which is least far; cancelled and refunded ones do not count. Whoever
    moves an order moves its parts, and the other way round (docs/decisions/0061).
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="parts", db_index=False)
    vendor = models.ForeignKey(
        Vendor, on_delete=models.PROTECT, related_name="order_parts", db_index=False
    )
    position = models.PositiveIntegerField()
    number = models.CharField(max_length=32, unique=True, editable=False)
    status = models.TextField(choices=OrderStatus.choices)
    tracking_number = models.CharField(max_length=100, blank=True, db_default="")
    carrier = models.CharField(max_length=100, blank=True, db_default="")
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    currency = CurrencyField()
    subtotal_minor = MinorUnitsField()
    discount_minor = MinorUnitsField(default=0, db_default=0)
    tax_minor = MinorUnitsField(default=0, db_default=0)
    total_minor = MinorUnitsField(help_text="Without shipping, which is the order's")
    placed_at = models.DateTimeField(help_text="The order's, for lists by vendor")

    class Meta:
        ordering = ["position"]
        constraints = [
            choice_is_known("status", OrderStatus, table=TABLE),
            not_negative("subtotal_minor", table=TABLE),
            not_negative("discount_minor", table=TABLE),
            not_negative("tax_minor", table=TABLE),
            not_negative("total_minor", table=TABLE),
            models.CheckConstraint(
                name="commerce_orderpart_total_is_its_figures",
                condition=Q(total_minor=F("subtotal_minor") - F("discount_minor") + F("tax_minor")),
            ),
            models.UniqueConstraint(fields=["order", "vendor"], name="commerce_orderpart_once"),
            models.UniqueConstraint(
                fields=["order", "position"], name="commerce_orderpart_position_once"
            ),
        ]
        indexes = [
            models.Index(fields=["vendor", "-placed_at", "-id"], name="commerce_orderpart_vendor"),
            models.Index(fields=["-placed_at", "-id"], name="commerce_orderpart_newest"),
            models.Index(fields=["customer_id"], name="commerce_orderpart_customer"),
            models.Index(
                fields=["user_id"],
                name="commerce_orderpart_user",
                condition=Q(user_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> Money:
        """What its lines come to, shipping not included."""
        return self.money(self.total_minor)

    def money(self, minor: int) -> Money:
        """An amount in the part's currency."""
        return Money(minor, self.currency)


class OrderPartChange(OrderChild):
    """One step of a part: from where to where, when, who and why. Written by the trigger."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="part_changes")
    part = models.ForeignKey(OrderPart, on_delete=models.CASCADE, related_name="status_changes")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="+", db_index=False)
    previous = models.TextField(choices=OrderStatus.choices)
    status = models.TextField(choices=OrderStatus.choices)
    at = models.DateTimeField(db_default=Now())
    actor_id = models.UUIDField(null=True, blank=True)
    role = models.TextField(blank=True, help_text="The database role that made the change")
    reason = models.TextField(blank=True)
    with_order = models.BooleanField(
        db_default=False, help_text="The order moved, and this part with it"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            choice_is_known("status", OrderStatus, table="commerce_orderpartchange"),
            choice_is_known("previous", OrderStatus, table="commerce_orderpartchange"),
        ]
        indexes = [
            models.Index(fields=["customer_id"], name="commerce_partchange_customer"),
            models.Index(
                fields=["user_id"],
                name="commerce_partchange_user",
                condition=Q(user_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.previous} → {self.status}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """History is written by the database, never by hand."""
        raise TypeError("Change the part's status; the trigger writes the history.")
