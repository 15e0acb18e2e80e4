"""How many there are, how many are promised, and why each figure changed."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from commerce.enums import MovementKind, ReservationState
from commerce.models.catalogue import Variant
from commerce.models.order_child import OrderChild
from core.constraints import choice_is_known, not_negative
from core.models import BaseModel


class StockItem(BaseModel):
    """`on_hand` pieces lie on the shelf, `reserved` of them are promised to unpaid orders.

    The database refuses a promise it cannot keep, whoever makes it.
    """

    variant = models.OneToOneField(Variant, on_delete=models.CASCADE, related_name="stock")
    on_hand = models.IntegerField(default=0, db_default=0)
    reserved = models.IntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            not_negative("on_hand", table="commerce_stockitem"),
            not_negative("reserved", table="commerce_stockitem"),
            models.CheckConstraint(
                name="commerce_stockitem_reserved_within_on_hand",
                condition=Q(reserved__lte=F("on_hand")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.available} of {self.on_hand} free"

    @property
    def available(self) -> int:
        """What can still be sold."""
        return self.on_hand - self.reserved


class StockMovement(models.Model):
    """One change of a stock item. Append-only; the unique source makes a repeat harmless."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(StockItem, on_delete=models.CASCADE, related_name="movements")
    kind = models.TextField(choices=MovementKind.choices)
    on_hand_change = models.IntegerField(default=0, db_default=0)
    reserved_change = models.IntegerField(default=0, db_default=0)
    source = models.TextField(help_text="order:<id>, delivery:<note>, count:<id> ...")
    actor_id = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            choice_is_known("kind", MovementKind, table="commerce_stockmovement"),
            models.UniqueConstraint(
                fields=["item", "source", "kind"], name="commerce_stockmovement_once"
            ),
            models.CheckConstraint(
                name="commerce_stockmovement_changes_something",
                condition=~Q(on_hand_change=0) | ~Q(reserved_change=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on_hand_change:+d}/{self.reserved_change:+d}"


class Reservation(OrderChild, BaseModel):
    """Pieces promised to an order, from checkout until it is paid or cancelled."""

    order = models.ForeignKey(
        "commerce.Order", on_delete=models.CASCADE, related_name="reservations"
    )
    item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="reservations")
    quantity = models.PositiveIntegerField()
    state = models.TextField(
        choices=ReservationState.choices,
        default=ReservationState.ACTIVE,
        db_default=ReservationState.ACTIVE,
    )

    class Meta:
        constraints = [
            choice_is_known("state", ReservationState, table="commerce_reservation"),
            models.UniqueConstraint(fields=["order", "item"], name="commerce_reservation_once"),
            models.CheckConstraint(
                name="commerce_reservation_of_something", condition=Q(quantity__gt=0)
            ),
        ]
        indexes = [models.Index(fields=["customer_id"], name="commerce_reservation_customer")]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.order_id}"
