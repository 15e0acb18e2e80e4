"""What a change of an order's lines leaves to be paid, or to be given back."""

from django.db import models
from django.db.models import Q

from commerce.enums import SettlementState
from commerce.models.order import Order
from core.constraints import choice_is_known
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money

TABLE = "commerce_ordersettlement"


class OrderSettlement(BaseModel):
    """The difference between what an order had cost when it was paid and what it costs now.

    `shares` is what the change does to those among whom the order is shared, kept until it is
    paid: what each vendor sells more or less, shipping and tax, in minor units.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="settlements")
    revision = models.PositiveIntegerField(help_text="The change of the order that made it")
    state = models.TextField(choices=SettlementState.choices)
    currency = CurrencyField()
    amount_minor = MinorUnitsField()
    payment_id = models.UUIDField(null=True, blank=True, help_text="With which it is (to be) paid")
    shares = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        constraints = [
            choice_is_known("state", SettlementState, table=TABLE),
            models.CheckConstraint(name=f"{TABLE}_of_something", condition=Q(amount_minor__gt=0)),
            models.UniqueConstraint(
                fields=["order"], name=f"{TABLE}_one_due", condition=Q(state=SettlementState.DUE)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.amount}"

    @property
    def amount(self) -> Money:
        """How much."""
        return Money(self.amount_minor, self.currency)
