"""Receipts and credit notes: numbered without gaps, written once, kept for ever."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from core.constraints import choice_is_known, not_negative
from core.ids import new_id
from core.money import CurrencyField, MinorUnitsField, Money
from payments.enums import ReceiptKind
from payments.models.legal_entity import LegalEntity
from payments.models.payment import Payment
from payments.references import new_token

TABLE = "payments_receipt"


class ReceiptCounter(models.Model):
    """The last number of one series. Taken in the transaction that writes the receipt, so that a
    rolled-back receipt leaves no gap; its time only goes forward, as the numbers do."""

    id = models.BigAutoField(primary_key=True)
    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+")
    kind = models.TextField(choices=ReceiptKind.choices)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()
    last_issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            choice_is_known("kind", ReceiptKind, table="payments_receiptcounter"),
            models.UniqueConstraint(
                fields=["entity", "kind", "year"], name="payments_receiptcounter_one_a_series"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class Receipt(models.Model):
    """What was paid (or given back) and for what, as a document.

    `contents` is a copy of everything on it; catalogue, customer and seller may change, it does
    not. `source` is what it is for ("payment:<id>", "refund:<id>"): each has one. `token` opens
    the PDF for whoever was given the link.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="receipts")
    kind = models.TextField(choices=ReceiptKind.choices)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=30, unique=True)
    source = models.TextField(unique=True)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="receipts"
    )
    user_id = models.UUIDField(null=True, blank=True)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    language = models.CharField(max_length=10)
    currency = CurrencyField()
    total_minor = MinorUnitsField()
    tax_minor = MinorUnitsField(default=0, help_text="Contained in the total")
    contents = models.JSONField()
    paid_at = models.DateTimeField(help_text="The money came in, or went back")
    issued_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-issued_at", "-id"]
        constraints = [
            choice_is_known("kind", ReceiptKind, table=TABLE),
            models.UniqueConstraint(
                fields=["entity", "kind", "year", "sequence"], name="payments_receipt_number_once"
            ),
            models.CheckConstraint(
                name="payments_receipt_counts_from_one", condition=Q(sequence__gte=1)
            ),
            models.CheckConstraint(
                name="payments_receipt_of_something", condition=Q(total_minor__gt=0)
            ),
            not_negative("tax_minor", table=TABLE),
            models.CheckConstraint(
                name="payments_receipt_tax_is_a_part", condition=Q(tax_minor__lte=F("total_minor"))
            ),
            models.CheckConstraint(
                name="payments_receipt_only_corrections_correct",
                condition=Q(kind=ReceiptKind.RECEIPT, corrects__isnull=True)
                | Q(~Q(kind=ReceiptKind.RECEIPT), corrects__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["-issued_at", "-id"], name="payments_receipt_newest"),
            models.Index(
                fields=["user_id", "-id"],
                name="payments_receipt_user",
                condition=Q(user_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> Money:
        """What was paid; of a credit note: what went back."""
        return self.money(self.total_minor)

    def money(self, minor: int) -> Money:
        """An amount in its currency."""
        return Money(minor, self.currency)
