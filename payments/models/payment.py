"""A payment: what somebody is to pay for something, whatever it takes."""

from django.db import models
from django.db.models import F, Q

from core.constraints import choice_is_known
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money
from payments.enums import OPEN_STATUSES, PAID_STATUSES, RANK, GatewayName, PaymentStatus
from payments.references import new_reference


class Payment(BaseModel):
    """An amount somebody owes for a purpose. The tries at the gateway are PaymentAttempts.

    `purpose` and `purpose_id` say what for ("order", its id); this floor does not look there.
    `customer_id` and `user_id` are plain ids for the same reason. Status only moves forward,
    see `payments.enums.RANK`; the database refuses the rest.
    """

    reference = models.CharField(max_length=40, unique=True, default=new_reference, editable=False)
    purpose = models.TextField(help_text="What it is for: order, direct ...")
    purpose_id = models.UUIDField()
    description = models.TextField(blank=True, help_text="Shown to the payer by the gateway")
    email = models.EmailField()
    language = models.CharField(max_length=10, default="en", help_text="The payer reads this")
    customer_id = models.UUIDField(null=True, blank=True)
    user_id = models.UUIDField(null=True, blank=True)
    amount_minor = MinorUnitsField()
    currency = CurrencyField()
    captured_minor = MinorUnitsField(default=0)
    refunded_minor = MinorUnitsField(default=0)
    gateway = models.TextField(choices=GatewayName.choices)
    status = models.TextField(choices=PaymentStatus.choices, default=PaymentStatus.PENDING)
    status_reason = models.TextField(blank=True, help_text="Why it failed or is held")
    closing_reason = models.TextField(
        blank=True, db_default="", help_text="Why nobody shall pay it any more"
    )
    authorization_url = models.TextField(blank=True, help_text="Where the payer pays")
    success_url = models.TextField(blank=True)
    cancel_url = models.TextField(blank=True)
    livemode = models.BooleanField(null=True, help_text="Real money; unknown until submitted")
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        permissions = [("verify_payment", "Can ask the gateway how a payment stands")]
        constraints = [
            choice_is_known("gateway", GatewayName, table="payments_payment"),
            choice_is_known("status", PaymentStatus, table="payments_payment"),
            models.CheckConstraint(
                name="payments_payment_amount_positive", condition=Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name="payments_payment_refunds_within_captured",
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("captured_minor")),
            ),
            models.CheckConstraint(
                name="payments_payment_paid_has_time",
                condition=~Q(status__in=PAID_STATUSES) | Q(paid_at__isnull=False),
            ),
            # two open payments for one thing would be paid twice sooner or later
            models.UniqueConstraint(
                fields=["purpose", "purpose_id"],
                name="payments_payment_one_open_per_purpose",
                condition=Q(status__in=OPEN_STATUSES),
            ),
        ]
        indexes = [
            models.Index(fields=["purpose", "purpose_id"], name="payments_payment_purpose"),
            models.Index(fields=["customer_id", "-id"], name="payments_payment_customer"),
            models.Index(
                fields=["user_id", "-id"],
                name="payments_payment_user",
                condition=Q(user_id__isnull=False),
            ),
            models.Index(fields=["status", "-id"], name="payments_payment_status"),
            models.Index(fields=["email"], name="payments_payment_email"),
            # the money page asks by days; keys of rows brought in from elsewhere are younger
            models.Index(fields=["created_at"], name="payments_payment_created"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        """What is to be paid."""
        return Money(self.amount_minor, self.currency)

    @property
    def captured(self) -> Money:
        """What the gateway has taken for us."""
        return Money(self.captured_minor, self.currency)

    @property
    def refunded(self) -> Money:
        """What went back to the payer."""
        return Money(self.refunded_minor, self.currency)

    @property
    def is_paid(self) -> bool:
        """Money came in, whatever happened to it afterwards."""
        return self.status in PAID_STATUSES

    def may_become(self, new: PaymentStatus) -> bool:
        """Whether `new` is a step forward from here."""
        return RANK[new] > RANK[PaymentStatus(self.status)]
