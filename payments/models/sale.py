"""What money was made on, whose shares it holds, and what of it went back."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from core.constraints import choice_is_known, not_negative
from core.encryption import EncryptedTextField
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money
from payments.enums import PayeeKind, SaleType


class Payee(BaseModel):
    """Somebody to whom we owe money: `id` is that of the vendor, or of the user who referred.

    Its row is the lock under which payouts to it are drafted.
    """

    kind = models.TextField(choices=PayeeKind.choices)
    name = models.CharField(max_length=200)
    bank_account = EncryptedTextField(
        blank=True, null=True, help_text="IBAN, or account and bank; goes into the bank's file"
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [choice_is_known("kind", PayeeKind, table="payments_payee")]

    def __str__(self) -> str:
        return self.name


class Sale(BaseModel):
    """An order or an invoice on which shares and commissions are earned.

    Its row is the lock under which they are earned, taken back and frozen, in whatever order the
    news of it arrives.
    """

    type = models.TextField(choices=SaleType.choices)
    source_id = models.UUIDField(help_text="The id of the order or invoice")
    currency = CurrencyField()
    returned_minor = MinorUnitsField(default=0, help_text="What went back to the payer")
    frozen_at = models.DateTimeField(
        null=True, blank=True, help_text="Disputed since: nothing of it is paid out"
    )

    class Meta:
        constraints = [
            choice_is_known("type", SaleType, table="payments_sale"),
            not_negative("returned_minor", table="payments_sale"),
            models.UniqueConstraint(fields=["type", "source_id"], name="payments_sale_once"),
        ]

    def __str__(self) -> str:
        return f"{self.type}:{self.source_id}"


class SaleReturn(models.Model):
    """One time that money of a sale went back, of a total of `of_minor`.

    `undone_at`: the payer's bank sent it back to us, so it never happened to the shares.
    """

    id = models.BigAutoField(primary_key=True)
    sale = models.ForeignKey(Sale, on_delete=models.PROTECT, related_name="returns")
    cause = models.TextField(help_text="refund:<id>, dispute:<id>: counted once")
    amount_minor = MinorUnitsField()
    of_minor = MinorUnitsField()
    undone_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["sale", "cause"], name="payments_salereturn_once"),
            models.CheckConstraint(
                name="payments_salereturn_within_the_total",
                condition=Q(amount_minor__gt=0, amount_minor__lte=F("of_minor")),
            ),
        ]

    def __str__(self) -> str:
        return self.cause


class SalePart(models.Model):
    """Where a part of a sale's total went: a vendor's share, our commission, shipping, tax.

    A share keeps the terms it was made under: `base_minor` is what the vendor sold after
    discounts, `rate_bps` our commission on it at that moment.
    """

    id = models.BigAutoField(primary_key=True)
    sale = models.ForeignKey(Sale, on_delete=models.PROTECT, related_name="parts")
    account = models.TextField(help_text="Its account in the books")
    payee = models.ForeignKey(
        Payee, on_delete=models.PROTECT, null=True, blank=True, related_name="shares"
    )
    currency = CurrencyField()
    amount_minor = MinorUnitsField()
    returned_minor = MinorUnitsField(default=0)
    base_minor = MinorUnitsField(null=True, blank=True)
    rate_bps = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["sale", "account"], name="payments_salepart_once"),
            models.CheckConstraint(
                name="payments_salepart_returned_within_amount",
                condition=Q(returned_minor__gte=0, returned_minor__lte=F("amount_minor")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"

    @property
    def amount(self) -> Money:
        """Its part of the total when it was sold."""
        return Money(self.amount_minor, self.currency)

    @property
    def left(self) -> Money:
        """What has not gone back."""
        return Money(self.amount_minor - self.returned_minor, self.currency)


class Due(models.Model):
    """One line of what we owe a payee: a share or commission (+), or what was taken back (-).

    The sum of a payee's lines, less what payouts took, is the balance in the books. A line that
    takes back waits like the line it takes from.
    """

    id = models.BigAutoField(primary_key=True)
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="dues")
    sale = models.ForeignKey(Sale, on_delete=models.PROTECT, related_name="dues")
    cause = models.TextField(help_text="share, commission, or what took it back")
    currency = CurrencyField()
    amount_minor = MinorUnitsField()
    available_at = models.DateTimeField(help_text="Paid out from then on")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "dues"
        constraints = [
            models.UniqueConstraint(fields=["payee", "sale", "cause"], name="payments_due_once"),
            models.CheckConstraint(
                name="payments_due_amount_not_zero", condition=~Q(amount_minor=0)
            ),
        ]
        indexes = [
            models.Index(fields=["payee", "currency", "available_at"], name="payments_due_payee")
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.amount}"

    @property
    def amount(self) -> Money:
        """Owed positive, taken back negative."""
        return Money(self.amount_minor, self.currency)
