"""Orders, their lines, and each step they took."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from commerce.enums import OrderSource, OrderStatus, PaymentStatus
from commerce.models.cart import Cart
from commerce.models.catalogue import Variant
from commerce.models.order_child import OrderChild
from commerce.models.order_figures import LineFigures, OrderFigures, line_rules, order_rules
from commerce.models.vendor import Vendor
from core.constraints import choice_is_known, not_negative
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money

TABLE = "commerce_order"


class Order(OrderFigures, BaseModel):
    """A sale. Its lines, addresses and figures are copies: later changes of catalogue or customer
    leave it as it was placed.

    Whoever inserts a row or changes `status` (a service, the admin, SQL), a trigger of migration
    0002 writes the event and the line of history.
    """

    number = models.CharField(max_length=20, unique=True, editable=False)
    cart = models.OneToOneField(
        Cart, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="order"
    )
    customer = models.ForeignKey(
        "crm.Customer", on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="orders",
    )
    email = models.EmailField(blank=True, help_text="Empty for imported guests without an address")
    language = models.CharField(max_length=10, default="en", db_default="en")
    shipping_address = models.JSONField(default=dict, blank=True)
    billing_address = models.JSONField(null=True, blank=True, help_text="Empty: as shipping")
    country = models.CharField(max_length=2, blank=True, help_text="Of the shipping address")

    currency = CurrencyField()
    subtotal_minor = MinorUnitsField()
    discount_minor = MinorUnitsField(default=0, db_default=0)
    shipping_minor = MinorUnitsField(default=0, db_default=0)
    tax_minor = MinorUnitsField(default=0, db_default=0)
    total_minor = MinorUnitsField()
    # In the house's currency, at the rate of the order's day. Written by the trigger
    # commerce_order_in_base and by nothing else; empty while no rate is known.
    base_currency = CurrencyField(null=True, editable=False)
    base_total_minor = MinorUnitsField(null=True, editable=False)
    exchange_rate = models.DecimalField(
        max_digits=30, decimal_places=18, null=True, editable=False,
        help_text="So many of the base currency for one of the order's",
    )  # fmt: skip
    rate_date = models.DateField(null=True, editable=False)

    status = models.TextField(
        choices=OrderStatus.choices, default=OrderStatus.PENDING, db_default=OrderStatus.PENDING
    )
    payment_status = models.TextField(
        choices=PaymentStatus.choices, default=PaymentStatus.UNPAID, db_default=PaymentStatus.UNPAID
    )
    payment_id = models.UUIDField(null=True, blank=True, help_text="The payment it was opened with")
    paid_at = models.DateTimeField(null=True, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True, db_default="")
    carrier = models.CharField(max_length=100, blank=True, db_default="")
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    attention = models.TextField(
        blank=True, db_default="", help_text="Why a person must look at it; empty when all is well"
    )
    notes = models.TextField(blank=True, db_default="")

    source = models.TextField(choices=OrderSource.choices, default=OrderSource.STOREFRONT)
    external_platform = models.CharField(max_length=40, null=True, blank=True)
    external_id = models.CharField(max_length=120, null=True, blank=True)
    placed_at = models.DateTimeField(db_default=Now())
    revision = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="How often staff changed it"
    )
    archived_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Closed long ago: lists leave it out"
    )

    class Meta:
        constraints = [
            choice_is_known("status", OrderStatus, table=TABLE),
            choice_is_known("payment_status", PaymentStatus, table=TABLE),
            choice_is_known("source", OrderSource, table=TABLE),
            not_negative("subtotal_minor", table=TABLE),
            not_negative("discount_minor", table=TABLE),
            not_negative("shipping_minor", table=TABLE),
            not_negative("tax_minor", table=TABLE),
            not_negative("total_minor", table=TABLE),
            *order_rules(TABLE),
            models.CheckConstraint(
                name="commerce_order_total_is_its_parts",
                condition=Q(
                    total_minor=F("subtotal_minor")
                    - F("discount_minor")
                    + F("shipping_minor")
                    + F("tax_minor")
                ),
            ),
            models.CheckConstraint(
                name="commerce_order_paid_has_a_time",
                condition=Q(payment_status=PaymentStatus.UNPAID) | Q(paid_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["external_platform", "external_id"], name="commerce_order_external_once"
            ),
            models.CheckConstraint(
                name="commerce_order_base_figures_together",
                condition=Q(
                    base_currency__isnull=True,
                    base_total_minor__isnull=True,
                    exchange_rate__isnull=True,
                    rate_date__isnull=True,
                )
                | Q(
                    base_currency__isnull=False,
                    base_total_minor__isnull=False,
                    exchange_rate__isnull=False,
                    rate_date__isnull=False,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="commerce_order_newest"),
            models.Index(
                fields=["-placed_at", "-id"],
                name="commerce_order_live",
                condition=Q(archived_at__isnull=True),
            ),
            models.Index(
                fields=["status", "-placed_at", "-id"],
                name="commerce_order_live_status",
                condition=Q(archived_at__isnull=True),
            ),
            models.Index(fields=["customer", "-placed_at"], name="commerce_order_customer"),
            models.Index(fields=["status", "-placed_at"], name="commerce_order_status"),
            models.Index(fields=["payment_id"], name="commerce_order_payment"),
            models.Index(fields=["email"], name="commerce_order_email"),
            models.Index(fields=["currency", "-placed_at", "-id"], name="commerce_order_currency"),
            models.Index(
                fields=["placed_at"],
                name="commerce_order_attention",
                condition=~Q(attention=""),
            ),
            models.Index(
                fields=["currency", "placed_at", "id"],
                name="commerce_order_without_rate",
                condition=Q(base_total_minor__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> Money:
        """What the buyer owes in all."""
        return self.money(self.total_minor)

    @property
    def base_total(self) -> Money | None:
        """The same in the house's currency, at the rate of the day; None while none is known."""
        if self.base_total_minor is None or self.base_currency is None:
            return None
        return Money(self.base_total_minor, self.base_currency)

    def money(self, minor: int) -> Money:
        """An amount in the order's currency."""
        return Money(minor, self.currency)


class OrderLine(LineFigures, OrderChild, BaseModel):
    """So many of one thing at one price, as it was when the order was placed."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    variant = models.ForeignKey(
        Variant, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="order_lines")
    sku = models.CharField("SKU", max_length=64)
    name = models.CharField(max_length=300)
    service = models.CharField(max_length=60, blank=True, db_default="")
    quantity = models.PositiveIntegerField()
    currency = CurrencyField()
    unit_price_minor = MinorUnitsField()
    total_minor = MinorUnitsField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "position"], name="commerce_orderline_position_once"
            ),
            models.CheckConstraint(
                name="commerce_orderline_of_something", condition=Q(quantity__gt=0)
            ),
            not_negative("unit_price_minor", table="commerce_orderline"),
            *line_rules("commerce_orderline"),
            models.CheckConstraint(
                name="commerce_orderline_total_is_price_times_quantity",
                condition=Q(total_minor=F("unit_price_minor") * F("quantity")),
            ),
        ]
        indexes = [
            models.Index(fields=["customer_id"], name="commerce_orderline_customer"),
            models.Index(fields=["user_id"], name="commerce_orderline_user"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"


class OrderStatusChange(OrderChild):
    """One step of an order: from where to where, when, who and why. Written by the trigger."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="status_changes")
    previous = models.TextField(choices=OrderStatus.choices, blank=True, help_text="Empty: placed")
    status = models.TextField(choices=OrderStatus.choices)
    at = models.DateTimeField(db_default=Now())
    actor_id = models.UUIDField(null=True, blank=True)
    role = models.TextField(blank=True, help_text="The database role that made the change")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            choice_is_known("status", OrderStatus, table="commerce_orderstatuschange"),
            models.CheckConstraint(
                name="commerce_orderstatuschange_previous_known",
                condition=Q(previous__in=["", *OrderStatus.values]),
            ),
        ]
        indexes = [
            models.Index(fields=["order", "id"], name="commerce_statuschange_order"),
            models.Index(fields=["customer_id"], name="commerce_statuschange_cust"),
            models.Index(fields=["user_id"], name="commerce_statuschange_user"),
        ]

    def __str__(self) -> str:
        return f"{self.previous or 'nothing'} → {self.status}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """History is written by the database, never by hand."""
        raise TypeError("Change the order's status; the trigger writes the history.")


class OrderCounter(models.Model):
    """The last order number of each year. Taken inside the order's own transaction, so that a
    rolled-back order leaves no gap."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
