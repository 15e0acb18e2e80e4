"""What may be subscribed to, and what it costs."""

from django.db import models
from django.db.models import Q

from accounts.enums import Tier
from core.constraints import choice_is_known
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money
from payments.billing_enums import Interval, PlanState
from payments.enums import GatewayName


class Plan(BaseModel):
    """A tier with its terms. Its prices are rows of their own and never change."""

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    tier = models.TextField(choices=Tier.choices)
    features = models.JSONField(default=list, blank=True, help_text="A list of sentences")
    limits = models.JSONField(default=dict, blank=True, help_text="Name and number")
    trial_days = models.PositiveSmallIntegerField(default=0, help_text="Once per person")
    grace_days = models.PositiveSmallIntegerField(
        default=7, help_text="Access is kept so long after a renewal was not paid"
    )
    state = models.TextField(choices=PlanState.choices, default=PlanState.DRAFT)

    class Meta:
        ordering = ["code"]
        constraints = [
            choice_is_known("tier", Tier, table="payments_plan"),
            choice_is_known("state", PlanState, table="payments_plan"),
        ]

    def __str__(self) -> str:
        return self.name


class PlanPrice(BaseModel):
    """What one period of a plan costs in one currency.

    Written once: who has subscribed to it goes on paying it. A new price is a new row, the
    former one stops being offered.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="prices")
    interval = models.TextField(choices=Interval.choices, default=Interval.MONTH)
    currency = CurrencyField()
    amount_minor = MinorUnitsField()
    offered = models.BooleanField(default=True, help_text="May be subscribed to")

    class Meta:
        ordering = ["plan", "interval", "currency", "-id"]
        constraints = [
            choice_is_known("interval", Interval, table="payments_planprice"),
            models.CheckConstraint(
                name="payments_planprice_amount_positive", condition=Q(amount_minor__gt=0)
            ),
            models.UniqueConstraint(
                fields=["plan", "interval", "currency"],
                name="payments_planprice_one_offered",
                condition=Q(offered=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan.name}: {self.amount} a {self.interval}"

    @property
    def amount(self) -> Money:
        """For one period."""
        return Money(self.amount_minor, self.currency)

    @property
    def months(self) -> int:
        """The length of one period."""
        return Interval(self.interval).months


class GatewayPrice(BaseModel):
    """What a gateway calls one of our prices."""

    price = models.ForeignKey(PlanPrice, on_delete=models.PROTECT, related_name="at_gateways")
    gateway = models.TextField(choices=GatewayName.choices)
    ref = models.TextField()

    class Meta:
        ordering = ["id"]
        constraints = [
            choice_is_known("gateway", GatewayName, table="payments_gatewayprice"),
            models.UniqueConstraint(
                fields=["price", "gateway"], name="payments_gatewayprice_one_per_gateway"
            ),
            models.UniqueConstraint(
                fields=["gateway", "ref"], name="payments_gatewayprice_ref_once"
            ),
        ]

    def __str__(self) -> str:
        return self.ref
