"""Money given back, one row a refund: asked for, approved, sent, and what the gateway said."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from core.constraints import choice_is_known
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money
from payments.enums import (
    NEXT_REFUND,
    REFUND_TAKEN,
    GatewayName,
    RefundOrigin,
    RefundState,
)
from payments.models.attempt import PaymentAttempt
from payments.models.payment import Payment

TABLE = "payments_refund"


class Refund(BaseModel):
    """A part of what one attempt captured, on its way back.

    The row is written before the gateway is called, and the gateway's key is made of its id: it
    is given back once, however often we ask. `two_people`: somebody other than who asked must
    approve. `owed_back_minor`: the part that was owed to the payer anyway (paid twice, paid too
    much), which leaves the payment as paid as it was.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="refunds")
    gateway = models.TextField(choices=GatewayName.choices)
    gateway_ref = models.TextField(null=True, blank=True, help_text="Its name at the gateway")
    amount_minor = MinorUnitsField()
    currency = CurrencyField()
    owed_back_minor = MinorUnitsField(default=0)
    settled_minor = MinorUnitsField(
        null=True, blank=True, help_text="What the gateway took from us in its own currency"
    )
    settled_currency = CurrencyField(null=True, blank=True)
    reason = models.TextField(blank=True)
    origin = models.TextField(choices=RefundOrigin.choices, default=RefundOrigin.STAFF)
    state = models.TextField(choices=RefundState.choices, default=RefundState.REQUESTED)
    idempotency_key = models.TextField(unique=True, help_text="The same key is the same refund")
    two_people = models.BooleanField(default=False)
    requested_by = models.UUIDField(null=True, blank=True, help_text="Empty: the house")
    approved_by = models.UUIDField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True, help_text="First handed over")
    asked_at = models.DateTimeField(null=True, blank=True, help_text="Last asked about")
    tries = models.PositiveSmallIntegerField(default=0)
    key_serial = models.PositiveSmallIntegerField(
        default=0, help_text="Gateways repeat a failure of their own to the same key"
    )
    error = models.TextField(blank=True, help_text="Why the last call went wrong")
    failure = models.TextField(blank=True, help_text="Why it failed or was rejected")
    is_booked = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("request_refund", "Can ask for refunds"),
            ("approve_refund", "Can approve and reject refunds"),
        ]
        constraints = [
            choice_is_known("gateway", GatewayName, table=TABLE),
            choice_is_known("origin", RefundOrigin, table=TABLE),
            choice_is_known("state", RefundState, table=TABLE),
            models.CheckConstraint(
                name=f"{TABLE}_amount_positive", condition=Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name=f"{TABLE}_owed_back_within_amount",
                condition=Q(owed_back_minor__gte=0, owed_back_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(
                name=f"{TABLE}_approved_by_another",
                condition=Q(two_people=False)
                | Q(state__in=[RefundState.REQUESTED, RefundState.REJECTED])
                | Q(approved_by__isnull=False, requested_by__isnull=True)
                | Q(approved_by__isnull=False) & ~Q(approved_by=F("requested_by")),
            ),
            models.CheckConstraint(
                name=f"{TABLE}_settled_has_currency",
                condition=Q(settled_minor__isnull=True, settled_currency__isnull=True)
                | Q(settled_minor__isnull=False, settled_currency__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["gateway", "gateway_ref"], name=f"{TABLE}_gateway_ref_once"
            ),
        ]
        indexes = [
            # what staff and the scheduled job look for; what is over is the great mass
            models.Index(
                fields=["state", "id"],
                name=f"{TABLE}_in_hand",
                condition=~Q(state__in=[RefundState.SUCCEEDED, RefundState.REJECTED]),
            ),
        ]

    def __str__(self) -> str:
        return f"Refund of {self.amount}"

    @property
    def amount(self) -> Money:
        """What is to go back."""
        return Money(self.amount_minor, self.currency)

    @property
    def settled(self) -> Money | None:
        """What the gateway took from us, where it pays us in another currency."""
        if self.settled_minor is None or self.settled_currency is None:
            return None
        return Money(self.settled_minor, self.settled_currency)

    @property
    def owed_back(self) -> Money:
        """The part that was the payer's anyway."""
        return Money(self.owed_back_minor, self.currency)

    @property
    def gateway_key(self) -> str:
        """The Idempotency-Key at the gateway."""
        return refund_key(self.pk, self.key_serial)

    @property
    def is_taken(self) -> bool:
        """The gateway has taken the money from what it holds for us."""
        return self.state in REFUND_TAKEN

    def may_become(self, new: RefundState) -> bool:
        """Whether `new` is a step from here."""
        return new in NEXT_REFUND[RefundState(self.state)]


def refund_key(refund_id: Any, serial: int) -> str:
    """The key under which a refund is made at the gateway."""
    return f"refund:{refund_id}:{serial}"
