"""Invoices of subscriptions, as the gateways tell of them."""

from django.db import models
from django.db.models import F, Q

from core.constraints import choice_is_known
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money
from payments.billing_enums import InvoiceState
from payments.enums import GatewayName
from payments.models.subscription import Subscription


class SubscriptionInvoice(BaseModel):
    """What one period of a subscription was charged, mirrored. It only moves forward."""

    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="invoices"
    )
    gateway = models.TextField(choices=GatewayName.choices)
    gateway_ref = models.TextField()
    number = models.TextField(blank=True)
    reason = models.TextField(blank=True, help_text="Why it was made, in the gateway's words")
    state = models.TextField(choices=InvoiceState.choices)
    currency = CurrencyField()
    due_minor = MinorUnitsField()
    paid_minor = MinorUnitsField(default=0)
    refunded_minor = MinorUnitsField(default=0)
    disputed_minor = MinorUnitsField(default=0, help_text="What the gateway took for disputes")
    fee_minor = MinorUnitsField(null=True, blank=True, help_text="What the gateway kept")
    fee_currency = CurrencyField(null=True, blank=True)
    period_start = models.DateTimeField(null=True, blank=True)
    period_end = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0, help_text="Tries to collect it")
    failed = models.BooleanField(default=False, help_text="The last try failed")
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    payment_ref = models.TextField(null=True, blank=True, help_text="The money at the gateway")
    hosted_url = models.TextField(blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    as_of = models.DateTimeField(help_text="When the gateway said so")

    class Meta:
        ordering = ["-id"]
        verbose_name = "invoice"
        constraints = [
            choice_is_known("gateway", GatewayName, table="payments_subscriptioninvoice"),
            choice_is_known("state", InvoiceState, table="payments_subscriptioninvoice"),
            models.UniqueConstraint(
                fields=["gateway", "gateway_ref"], name="payments_subscriptioninvoice_ref_once"
            ),
            models.UniqueConstraint(
                fields=["gateway", "payment_ref"], name="payments_subscriptioninvoice_money_once"
            ),
            models.CheckConstraint(
                name="payments_subscriptioninvoice_refunds_within_paid",
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("paid_minor")),
            ),
            models.CheckConstraint(
                name="payments_subscriptioninvoice_paid_has_time",
                condition=~Q(state=InvoiceState.PAID) | Q(paid_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payments_subscriptioninvoice_fee_has_currency",
                condition=Q(fee_minor__isnull=True, fee_currency__isnull=True)
                | Q(fee_minor__isnull=False, fee_currency__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.gateway_ref

    @property
    def due(self) -> Money:
        """What was asked for."""
        return Money(self.due_minor, self.currency)

    @property
    def paid(self) -> Money:
        """What came in."""
        return Money(self.paid_minor, self.currency)

    @property
    def refunded(self) -> Money:
        """What went back."""
        return Money(self.refunded_minor, self.currency)

    @property
    def fee(self) -> Money | None:
        """What the gateway kept; None until it says."""
        if self.fee_minor is None or self.fee_currency is None:
            return None
        return Money(self.fee_minor, self.fee_currency)
