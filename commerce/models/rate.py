"""What a currency was worth on a day."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from commerce.enums import RateSource, RateState
from core.constraints import choice_is_known
from core.money import CurrencyField

TABLE = "commerce_exchangerate"


class ExchangeRate(models.Model):
    """One euro was so many of `currency` on `day`, as somebody said it.

    Nothing said is ever changed or removed (a trigger sees to it): another figure for the same
    day is another row, and only the state moves. At most one row of a day and currency is in
    force. The euro itself has no rows: it is always one.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    currency = CurrencyField()
    per_euro = models.DecimalField(
        "one euro is", max_digits=20, decimal_places=10, help_text="So many of this currency"
    )
    source = models.TextField(choices=RateSource.choices)
    state = models.TextField(
        choices=RateState.choices, default=RateState.IN_FORCE, db_default=RateState.IN_FORCE
    )
    reason = models.TextField(
        blank=True, db_default="", help_text="Why it was set by hand, or why it is held"
    )
    set_by = models.UUIDField(null=True, editable=False, help_text="Who set it by hand")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_by = models.UUIDField(null=True, editable=False, help_text="Who last moved its state")
    decided_at = models.DateTimeField(null=True, editable=False)
    decision = models.TextField(blank=True, db_default="", help_text="Why its state was moved")

    class Meta:
        constraints = [
            choice_is_known("source", RateSource, table=TABLE),
            choice_is_known("state", RateState, table=TABLE),
            models.CheckConstraint(
                name="commerce_exchangerate_worth_something", condition=Q(per_euro__gt=0)
            ),
            models.CheckConstraint(
                name="commerce_exchangerate_not_the_euro", condition=~Q(currency="EUR")
            ),
            models.CheckConstraint(
                name="commerce_exchangerate_manual_has_reason",
                condition=~Q(source=RateSource.MANUAL) | ~Q(reason=""),
            ),
            models.UniqueConstraint(
                fields=["currency", "day"],
                name="commerce_exchangerate_in_force",
                condition=Q(state=RateState.IN_FORCE),
                include=["per_euro", "source"],
            ),
        ]
        indexes = [
            models.Index(fields=["currency", "-day"], name="commerce_exchangerate_history"),
            models.Index(
                fields=["-day", "currency"],
                name="commerce_exchangerate_held",
                condition=Q(state=RateState.HELD),
            ),
        ]

    def __str__(self) -> str:
        return f"1 EUR = {self.per_euro.normalize():f} {self.currency} on {self.day}"
