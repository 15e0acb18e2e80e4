"""The books: double entry, balanced by the database, never changed."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.constraints import choice_is_known
from core.money import CurrencyField, MinorUnitsField, Money
from payments.enums import AccountKind


class LedgerAccount(models.Model):
    """Where money is, or what it is for. One account holds all currencies, side by side."""

    id = models.BigAutoField(primary_key=True)
    code = models.TextField(unique=True, help_text="gateway:stripe, receivable:order ...")
    name = models.TextField()
    kind = models.TextField(choices=AccountKind.choices)
    owner_id = models.UUIDField(
        null=True, blank=True, help_text="The vendor or user whose money it is, who may see it"
    )

    class Meta:
        ordering = ["code"]
        constraints = [choice_is_known("kind", AccountKind, table="payments_ledgeraccount")]

    def __str__(self) -> str:
        return self.name


class LedgerTransaction(models.Model):
    """One happening in the books. (kind, source) is unique: it is booked once, ever.

    Its entries are written in the database transaction that writes it; afterwards it is closed.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField(help_text="payment, gateway_fee, refund ...")
    source = models.TextField(help_text="The id of what caused it")
    description = models.TextField(blank=True)
    payment_id = models.UUIDField(null=True, blank=True, db_index=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source"], name="payments_ledgertransaction_booked_once"
            )
        ]
        indexes = [
            # only ever added to: a few pages say where a day begins
            BrinIndex(
                fields=["created_at"], name="payments_ledger_days", pages_per_range=16,
                autosummarize=True,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class LedgerEntry(models.Model):
    """One side of a happening: debit is positive, credit negative, in minor units."""

    id = models.BigAutoField(primary_key=True)
    transaction = models.ForeignKey(
        LedgerTransaction, on_delete=models.PROTECT, related_name="entries"
    )
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="entries")
    amount_minor = MinorUnitsField()
    currency = CurrencyField()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "ledger entries"
        constraints = [
            models.CheckConstraint(
                name="payments_ledgerentry_amount_not_zero", condition=~Q(amount_minor=0)
            )
        ]

    def __str__(self) -> str:
        return str(self.amount)

    @property
    def amount(self) -> Money:
        """Debit positive, credit negative."""
        return Money(self.amount_minor, self.currency)
