"""How many there are where, how many are promised, and why each figure changed."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from commerce.enums import MovementKind, ReservationState
from commerce.models.catalogue import Variant
from commerce.models.order_child import OrderChild
from commerce.models.vendor import Vendor
from core.constraints import choice_is_known, not_negative
from core.models import BaseModel

USUAL_PRIORITY = 100
OPEN_RESERVATIONS = [ReservationState.ACTIVE, ReservationState.WAITING]
ITEM = "commerce_stockitem"
MOVEMENT = "commerce_stockmovement"
RESERVATION = "commerce_reservation"


class StockLocation(BaseModel):
    """A place where goods lie. Of those that are active, a low `priority` serves first, then the
    one nearest to the buyer. One is the default: what nobody says a place for lies there."""

    name = models.CharField(max_length=120, unique=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO code, such as FR")
    vendor = models.ForeignKey(
        Vendor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stock_locations",
        help_text="Whose place it is; empty: the house's, for every vendor's goods",
    )
    priority = models.PositiveSmallIntegerField(
        default=USUAL_PRIORITY,
        db_default=USUAL_PRIORITY,
        help_text="Lower serves first; among equals the nearest to the buyer",
    )
    is_active = models.BooleanField(
        default=True, db_default=True, help_text="Off: nothing is sold from here"
    )
    is_default = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["priority", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="commerce_stocklocation_one_default",
            ),
            models.CheckConstraint(
                name="commerce_stocklocation_default_is_open",
                condition=Q(is_default=False) | Q(is_active=True, vendor__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StockItem(BaseModel):
    """A variant at a location: `on_hand` pieces lie on the shelf. Of them `reserved` are held for
    orders that are not paid yet and `allocated` are sold and not shipped yet.

    `backorder_limit` more may be sold than there are. The database refuses a promise that cannot
    be kept, whoever makes it.
    """

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="stock_items")
    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="items")
    on_hand = models.IntegerField(default=0, db_default=0)
    reserved = models.IntegerField(default=0, db_default=0)
    allocated = models.IntegerField(default=0, db_default=0)
    backorder_limit = models.IntegerField(
        default=0, db_default=0, help_text="So many more may be sold than there are"
    )
    low_at = models.IntegerField(
        null=True, blank=True, help_text="Few from here on; empty: the shop's usual number"
    )
    low_since = models.DateTimeField(null=True, blank=True, editable=False)
    out_since = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "location"], name=f"{ITEM}_once"),
            not_negative("on_hand", table=ITEM),
            not_negative("reserved", table=ITEM),
            not_negative("allocated", table=ITEM),
            not_negative("backorder_limit", table=ITEM),
            models.CheckConstraint(
                name=f"{ITEM}_low_at_gte_0", condition=Q(low_at__isnull=True) | Q(low_at__gte=0)
            ),
            models.CheckConstraint(
                name=f"{ITEM}_promised_within_stock",
                condition=Q(on_hand__gte=F("reserved") + F("allocated") - F("backorder_limit")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["low_since"], name=f"{ITEM}_low", condition=Q(low_since__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.free} of {self.on_hand} free"

    @property
    def promised(self) -> int:
        """What orders have a right to."""
        return self.reserved + self.allocated

    @property
    def free(self) -> int:
        """What lies here and is nobody's; below zero when more is promised than there is."""
        return self.on_hand - self.promised

    @property
    def available(self) -> int:
        """What can still be sold, backorders included."""
        return self.free + self.backorder_limit


class StockMovement(models.Model):
    """One change of a stock item. Append-only, which the database holds; the unique source makes a
    repeat harmless."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="movements")
    kind = models.TextField(choices=MovementKind.choices)
    on_hand_change = models.IntegerField(default=0, db_default=0)
    reserved_change = models.IntegerField(default=0, db_default=0)
    allocated_change = models.IntegerField(default=0, db_default=0)
    source = models.TextField(help_text="order:<id>, delivery:<note>, count:<id> ...")
    reason = models.TextField(blank=True, default="", db_default="")
    actor_id = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            choice_is_known("kind", MovementKind, table=MOVEMENT),
            models.UniqueConstraint(fields=["item", "source", "kind"], name=f"{MOVEMENT}_once"),
            models.CheckConstraint(
                name=f"{MOVEMENT}_changes_something",
                condition=~Q(on_hand_change=0) | ~Q(reserved_change=0) | ~Q(allocated_change=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on_hand_change:+d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Movements are written by services/stock, with the figures they change."""
        raise TypeError("Change stock through commerce/services/stock.")


class Reservation(OrderChild, BaseModel):
    """An order's pieces at one location, from checkout until they are shipped or given back.

    `quantity` is the order's, of which `shipped` have left. `expires_at`: until when unpaid
    pieces are held; of paid ones that are not there, when the buyer gets the money back (empty:
    never). What is held or sold anew, perhaps elsewhere, is a new row.
    """

    order = models.ForeignKey(
        "commerce.Order", on_delete=models.CASCADE, related_name="reservations"
    )
    item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="reservations")
    quantity = models.PositiveIntegerField()
    shipped = models.PositiveIntegerField(default=0, db_default=0)
    state = models.TextField(
        choices=ReservationState.choices,
        default=ReservationState.ACTIVE,
        db_default=ReservationState.ACTIVE,
    )
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            choice_is_known("state", ReservationState, table=RESERVATION),
            models.CheckConstraint(name=f"{RESERVATION}_of_something", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name=f"{RESERVATION}_shipped_within_quantity",
                condition=Q(shipped__lte=F("quantity")),
            ),
        ]
        indexes = [
            models.Index(fields=["customer_id"], name=f"{RESERVATION}_customer"),
            # what runs out, and what waits for goods; the great mass is neither
            models.Index(
                fields=["state", "expires_at"],
                name=f"{RESERVATION}_open",
                condition=Q(state__in=OPEN_RESERVATIONS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.order_id}"

    @property
    def left(self) -> int:
        """What is still to be shipped."""
        return self.quantity - self.shipped

    @property
    def source(self) -> str:
        """Under which name its movements stand."""
        return f"order:{self.order_id}:{self.pk}"
