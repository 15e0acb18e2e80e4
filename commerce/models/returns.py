"""Things that buyers send back, line by line, and what they get for them."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from commerce.enums import NEXT_RETURN, ReturnFate, ReturnReason, ReturnState
from commerce.models.order import Order, OrderLine
from commerce.models.order_child import OrderChild
from commerce.models.stock import StockLocation
from commerce.models.vendor import Vendor
from core.constraints import choice_is_known, not_negative
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money

TABLE = "commerce_returnrequest"
LINE = "commerce_returnline"
OVER = (ReturnState.REJECTED, ReturnState.CANCELLED)


class ReturnRequest(OrderChild, BaseModel):
    """One parcel on its way back. What is refunded is known once it was inspected; the refund
    itself is a row of payments, whose state is repeated here."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="returns")
    number = models.CharField(max_length=32, unique=True, editable=False)
    state = models.TextField(
        choices=ReturnState.choices,
        default=ReturnState.REQUESTED,
        db_default=ReturnState.REQUESTED,
    )
    note = models.TextField(blank=True, db_default="", help_text="What the buyer wrote")
    requested_by = models.UUIDField(null=True, blank=True)
    currency = CurrencyField()
    refund_minor = MinorUnitsField(default=0, db_default=0, help_text="Its lines and shipping")
    shipping_minor = MinorUnitsField(
        default=0, db_default=0, help_text="Of the refund: shipping, with its tax"
    )
    refund_id = models.UUIDField(null=True, blank=True, unique=True)
    refund_state = models.TextField(blank=True, db_default="", help_text="As payments tells it")
    refund_problem = models.TextField(blank=True, db_default="")
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ["-id"]
        constraints = [
            choice_is_known("state", ReturnState, table=TABLE),
            not_negative("refund_minor", table=TABLE),
            models.CheckConstraint(
                name=f"{TABLE}_shipping_within_refund",
                condition=Q(shipping_minor__gte=0, shipping_minor__lte=F("refund_minor")),
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(shipping_minor__gt=0),
                name=f"{TABLE}_shipping_once",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="commerce_return_state"),
            models.Index(fields=["customer_id"], name="commerce_return_customer"),
            models.Index(
                fields=["user_id"], name="commerce_return_user", condition=Q(user_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def refund(self) -> Money:
        """What the buyer gets for it."""
        return Money(self.refund_minor, self.currency)

    def next_states(self) -> list[ReturnState]:
        """In the order of the enum, for buttons and refusals."""
        return [s for s in ReturnState if s in NEXT_RETURN[ReturnState(self.state)]]


class ReturnLine(OrderChild, BaseModel):
    """So many pieces of one line of the order. A trigger refuses more than were sent and are not
    on their way back already.

    `refund_minor` is what was paid for the accepted pieces; of it `tax_minor` is tax and
    `share_minor` the vendor's, the rest our commission.
    """

    request = models.ForeignKey(ReturnRequest, on_delete=models.CASCADE, related_name="lines")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="returns")
    vendor = models.ForeignKey(
        Vendor, on_delete=models.PROTECT, related_name="returns", db_index=False
    )
    quantity = models.PositiveIntegerField()
    reason = models.TextField(choices=ReturnReason.choices)
    comment = models.TextField(blank=True, db_default="")
    accepted = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: not inspected")
    fate = models.TextField(choices=ReturnFate.choices, null=True, blank=True)
    location = models.ForeignKey(
        StockLocation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    refund_minor = MinorUnitsField(default=0, db_default=0)
    tax_minor = MinorUnitsField(default=0, db_default=0)
    share_minor = MinorUnitsField(default=0, db_default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            choice_is_known("reason", ReturnReason, table=LINE),
            choice_is_known("fate", ReturnFate, table=LINE),
            models.CheckConstraint(name=f"{LINE}_of_something", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name=f"{LINE}_accepted_within_quantity",
                condition=Q(accepted__isnull=True) | Q(accepted__lte=F("quantity")),
            ),
            models.CheckConstraint(
                name=f"{LINE}_parts_within_refund",
                condition=Q(
                    tax_minor__gte=0,
                    share_minor__gte=0,
                    refund_minor__gte=F("tax_minor") + F("share_minor"),
                ),
            ),
            models.UniqueConstraint(fields=["request", "line"], name=f"{LINE}_once"),
        ]
        indexes = [
            models.Index(fields=["customer_id"], name="commerce_returnline_customer"),
            models.Index(fields=["vendor"], name="commerce_returnline_vendor"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.line_id}"


class ReturnChange(OrderChild):
    """One step of a return: from where to where, when, who and why. Append-only."""

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(ReturnRequest, on_delete=models.CASCADE, related_name="changes")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    previous = models.TextField(blank=True, help_text="Empty: asked for")
    state = models.TextField(choices=ReturnState.choices)
    at = models.DateTimeField(db_default=Now())
    actor_id = models.UUIDField(null=True, blank=True)
    note = models.TextField(blank=True, db_default="")

    class Meta:
        ordering = ["id"]
        constraints = [choice_is_known("state", ReturnState, table="commerce_returnchange")]
        indexes = [models.Index(fields=["customer_id"], name="commerce_returnstep_customer")]

    def __str__(self) -> str:
        return f"{self.previous or 'nothing'} → {self.state}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written by services/returns with the step itself."""
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)
