"""The tries at a gateway, and what was seen of each."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from core.constraints import choice_is_known
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money
from payments.enums import ATTEMPT_RANK, OPEN_ATTEMPTS, AttemptState, GatewayName
from payments.models.payment import Payment


def create_key(attempt_id: Any) -> str:
    """The Idempotency-Key under which an attempt is made at the gateway, however often we ask."""
    return f"attempt:{attempt_id}:create"


class PaymentAttempt(BaseModel):
    """One try to get a payment at one gateway: one checkout page there.

    `gateway_ref` is the page (Stripe: Checkout Session), `gateway_payment_ref` the money
    (Stripe: PaymentIntent). `outcome_unknown`: the gateway answered a call with its own failure,
    and repeats that answer to the same key; we look before we ask again.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    gateway = models.TextField(choices=GatewayName.choices)
    gateway_ref = models.TextField(null=True, blank=True)
    gateway_payment_ref = models.TextField(null=True, blank=True)
    idempotency_key = models.TextField(unique=True)
    amount_minor = MinorUnitsField()
    currency = CurrencyField()
    captured_minor = MinorUnitsField(
        default=0, db_default=0, help_text="What came in, also where it is not what we asked for"
    )
    captured_currency = CurrencyField(null=True, blank=True)
    fee_minor = MinorUnitsField(null=True, blank=True, help_text="What the gateway kept")
    fee_currency = CurrencyField(null=True, blank=True)
    refunded_minor = MinorUnitsField(default=0, help_text="What the gateway gave back")
    overpaid = models.BooleanField(
        default=False, help_text="Captured after another attempt had paid the payment"
    )
    state = models.TextField(choices=AttemptState.choices, default=AttemptState.CREATED)
    authorization_url = models.TextField(blank=True)
    livemode = models.BooleanField(null=True)
    account = models.TextField(blank=True, help_text="The account at the gateway, where it says")
    tries = models.PositiveSmallIntegerField(default=0, help_text="Calls to make it")
    first_tried_at = models.DateTimeField(null=True, blank=True)
    outcome_unknown = models.BooleanField(default=False)
    ask_after = models.DateTimeField(null=True, blank=True, help_text="Not asked about before")
    times_asked = models.PositiveSmallIntegerField(default=0, db_default=0)
    error = models.TextField(blank=True)
    expires_at = models.DateTimeField(help_text="The gateway's page closes")

    class Meta:
        ordering = ["id"]
        constraints = [
            choice_is_known("gateway", GatewayName, table="payments_attempt"),
            choice_is_known("state", AttemptState, table="payments_attempt"),
            models.UniqueConstraint(
                fields=["gateway", "gateway_ref"], name="payments_attempt_gateway_ref_once"
            ),
            models.UniqueConstraint(
                fields=["gateway", "gateway_payment_ref"],
                name="payments_attempt_payment_ref_once",
            ),
            models.UniqueConstraint(
                fields=["payment"],
                name="payments_attempt_one_open",
                condition=Q(state__in=OPEN_ATTEMPTS),
            ),
            models.CheckConstraint(
                name="payments_attempt_amount_positive", condition=Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name="payments_attempt_refunds_within_amount",
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("captured_minor")),
            ),
            models.CheckConstraint(
                name="payments_attempt_captured_has_currency",
                condition=Q(captured_minor=0)
                | Q(captured_minor__gt=0, captured_currency__isnull=False),
            ),
            models.CheckConstraint(
                name="payments_attempt_fee_has_currency",
                condition=Q(fee_minor__isnull=True, fee_currency__isnull=True)
                | Q(fee_minor__isnull=False, fee_currency__isnull=False),
            ),
        ]
        indexes = [
            # what the reconciler asks for: tries that are still open, oldest first
            models.Index(
                fields=["created_at"],
                name="payments_attempt_open",
                condition=Q(state__in=OPEN_ATTEMPTS),
            ),
            models.Index(fields=["created_at"], name="payments_attempt_created"),
        ]

    def __str__(self) -> str:
        return self.gateway_ref or self.idempotency_key

    @property
    def amount(self) -> Money:
        """What the gateway was asked for."""
        return Money(self.amount_minor, self.currency)

    @property
    def captured(self) -> Money:
        """What came in through this attempt."""
        return Money(self.captured_minor, self.captured_currency or self.currency)

    @property
    def fee(self) -> Money | None:
        """What the gateway kept; None until it says."""
        if self.fee_minor is None or self.fee_currency is None:
            return None
        return Money(self.fee_minor, self.fee_currency)

    @property
    def refunded(self) -> Money:
        """What went back to the payer through this attempt."""
        return Money(self.refunded_minor, self.captured.currency)

    def may_become(self, new: AttemptState) -> bool:
        """Whether `new` is a step forward from here."""
        return ATTEMPT_RANK[new] > ATTEMPT_RANK[AttemptState(self.state)]


class PaymentEvent(models.Model):
    """Something that was seen to happen to an attempt. Written once, never changed.

    `dedupe_key` is the business key: the same fact told by webhook, by a second webhook and by
    the returning payer is one row.
    """

    id = models.BigAutoField(primary_key=True)
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="events")
    type = models.TextField(help_text="submitted, captured, declined, held, refunded ...")
    dedupe_key = models.TextField()
    amount_minor = MinorUnitsField(null=True, blank=True)
    currency = CurrencyField(null=True, blank=True)
    source = models.TextField(help_text="Who told us: webhook, verify, submit, staff ...")
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "dedupe_key"], name="payments_paymentevent_once"
            ),
            models.CheckConstraint(
                name="payments_paymentevent_amount_has_currency",
                condition=Q(amount_minor__isnull=True, currency__isnull=True)
                | Q(amount_minor__isnull=False, currency__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.type
