"""Money on its way to those we owe it."""

from django.db import models
from django.db.models import Q

from core.constraints import choice_is_known
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money
from payments.enums import PayoutState
from payments.models.sale import Due, Payee


class Payout(BaseModel):
    """All that was payable to one payee in one currency when it was drafted."""

    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="payouts")
    reference = models.CharField(max_length=20, unique=True, editable=False)
    currency = CurrencyField()
    amount_minor = MinorUnitsField()
    state = models.TextField(choices=PayoutState.choices, default=PayoutState.DRAFT)
    drafted_by = models.UUIDField(null=True, blank=True, help_text="Empty: the house")
    approved_by = models.UUIDField(null=True, blank=True)
    bank_reference = models.CharField(max_length=140, blank=True)
    failure = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        permissions = [("approve_payout", "Can approve payouts and say what became of them")]
        constraints = [
            choice_is_known("state", PayoutState, table="payments_payout"),
            models.CheckConstraint(
                name="payments_payout_of_something", condition=Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name="payments_payout_sent_has_reference",
                condition=~Q(state__in=[PayoutState.SENT, PayoutState.PAID])
                | (~Q(bank_reference="") & Q(sent_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="payments_payout_state"),
            models.Index(fields=["payee", "-id"], name="payments_payout_payee"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        """What is paid out."""
        return Money(self.amount_minor, self.currency)


class PayoutRun(BaseModel):
    """Drafting payouts for everybody, in the background; the row tells how far it is."""

    started_by = models.UUIDField(null=True, blank=True)
    payees = models.PositiveIntegerField(help_text="With anything due when it began")
    seen = models.PositiveIntegerField(default=0)
    drafted = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                name="payments_payoutrun_one_at_a_time",
                condition=Q(finished_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.drafted} drafted, {self.seen} of {self.payees} looked at"


class PayoutItem(models.Model):
    """A due that a payout pays. `released`: the payout failed or was withdrawn; it is due again."""

    id = models.BigAutoField(primary_key=True)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="items")
    due = models.ForeignKey(Due, on_delete=models.PROTECT, related_name="payout_items")
    released = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["due"],
                name="payments_payoutitem_paid_once",
                condition=Q(released=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.payout_id}: {self.due_id}"
