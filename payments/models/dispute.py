"""A payer's bank takes money back and asks us why it should not."""

from django.db import models
from django.db.models import Q

from core.constraints import choice_is_known, not_negative
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money
from payments.enums import OPEN_DISPUTES, DisputeState, GatewayName
from payments.models.attempt import PaymentAttempt
from payments.models.payment import Payment

TABLE = "payments_dispute"


class Dispute(BaseModel):
    """One dispute as the gateway shows it, and what the books hold of it.

    `withdrawn` and `fee` are in the currency the gateway pays us in, which need not be the
    payment's. `as_of` is when the gateway showed what is written here; `bookings` counts the
    times the books followed.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="disputes")
    gateway = models.TextField(choices=GatewayName.choices)
    gateway_ref = models.TextField(help_text="Its name at the gateway")
    amount_minor = MinorUnitsField()
    currency = CurrencyField()
    reason = models.TextField(blank=True)
    state = models.TextField(choices=DisputeState.choices)
    said = models.TextField(blank=True, help_text="The gateway's own word for the state")
    due_by = models.DateTimeField(null=True, blank=True, help_text="Answer the gateway by then")
    as_of = models.DateTimeField()
    withdrawn_minor = MinorUnitsField(default=0)
    withdrawn_currency = CurrencyField()
    fee_minor = MinorUnitsField(default=0)
    fee_currency = CurrencyField()
    bookings = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    notes = models.TextField(blank=True, help_text="What staff noted")

    class Meta:
        ordering = ["-id"]
        permissions = [("note_dispute", "Can write notes on disputes")]
        constraints = [
            choice_is_known("gateway", GatewayName, table=TABLE),
            choice_is_known("state", DisputeState, table=TABLE),
            not_negative("amount_minor", table=TABLE),
            not_negative("withdrawn_minor", table=TABLE),
            not_negative("fee_minor", table=TABLE),
            models.CheckConstraint(
                name=f"{TABLE}_open_or_closed_at",
                condition=Q(state__in=OPEN_DISPUTES, closed_at__isnull=True)
                | ~Q(state__in=OPEN_DISPUTES) & Q(closed_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["gateway", "gateway_ref"], name=f"{TABLE}_gateway_ref_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_by"], name=f"{TABLE}_open", condition=Q(state__in=OPEN_DISPUTES)
            ),
        ]

    def __str__(self) -> str:
        return self.gateway_ref

    @property
    def amount(self) -> Money:
        """What the payer wants back."""
        return Money(self.amount_minor, self.currency)

    @property
    def withdrawn(self) -> Money:
        """What the gateway has taken from us for it by now."""
        return Money(self.withdrawn_minor, self.withdrawn_currency)

    @property
    def fee(self) -> Money:
        """What the gateway charged us for the trouble."""
        return Money(self.fee_minor, self.fee_currency)

    @property
    def is_open(self) -> bool:
        """Nobody has decided it yet."""
        return self.state in OPEN_DISPUTES
