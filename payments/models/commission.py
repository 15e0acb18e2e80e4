"""What bringing somebody is worth, and what was earned by it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.constraints import choice_is_known
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money
from payments.enums import CommissionState, RuleScope
from payments.models.referral import Referral
from payments.models.sale import Sale

ALL_OF_IT_BPS = 10_000


class CommissionRule(BaseModel):
    """One version of the terms for a scope and currency. Only its end may be set afterwards.

    Either a rate in basis points (1000 = 10 %) or a flat amount. Amounts need a currency; a rule
    without one counts for every currency that has no rule of its own. Windows of one scope and
    currency do not overlap: the database refuses it (migration 0006).
    """

    scope = models.TextField(choices=RuleScope.choices, default=RuleScope.ALL)
    version = models.PositiveIntegerField(editable=False)
    currency = CurrencyField(blank=True, null=True, help_text="Empty: every currency")
    rate_bps = models.PositiveIntegerField(
        "rate (bps)", null=True, blank=True, help_text="Basis points: 1000 = 10 %"
    )
    flat_minor = MinorUnitsField("flat amount", null=True, blank=True, help_text="In minor units")
    cap_minor = MinorUnitsField(
        "cap per commission", null=True, blank=True, help_text="In minor units"
    )
    referral_cap_minor = MinorUnitsField(
        "cap per referral", null=True, blank=True, help_text="In minor units, all commissions"
    )
    window_days = models.PositiveIntegerField(
        default=365, help_text="Earned on what is bought this long after the referral"
    )
    hold_days = models.PositiveIntegerField(default=14, help_text="Payable this long after")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True, help_text="Empty: until further notice")

    class Meta:
        ordering = ["scope", "currency", "-version"]
        constraints = [
            choice_is_known("scope", RuleScope, table="payments_commissionrule"),
            models.UniqueConstraint(
                fields=["scope", "currency", "version"],
                name="payments_commissionrule_version_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="payments_commissionrule_rate_or_flat",
                condition=Q(rate_bps__isnull=False, flat_minor__isnull=True)
                | Q(rate_bps__isnull=True, flat_minor__isnull=False),
            ),
            models.CheckConstraint(
                name="payments_commissionrule_rate_within_sale",
                condition=Q(rate_bps__isnull=True) | Q(rate_bps__lte=ALL_OF_IT_BPS),
            ),
            models.CheckConstraint(
                name="payments_commissionrule_amounts_have_currency",
                condition=Q(currency__isnull=False)
                | Q(
                    flat_minor__isnull=True,
                    cap_minor__isnull=True,
                    referral_cap_minor__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="payments_commissionrule_amounts_positive",
                condition=(Q(flat_minor__isnull=True) | Q(flat_minor__gt=0))
                & (Q(cap_minor__isnull=True) | Q(cap_minor__gt=0))
                & (Q(referral_cap_minor__isnull=True) | Q(referral_cap_minor__gt=0)),
            ),
            models.CheckConstraint(
                name="payments_commissionrule_ends_later",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        lane = f"{self.scope} {self.currency}" if self.currency else self.scope
        return f"{lane} v{self.version}"


class Commission(BaseModel):
    """What one person earned on one sale of somebody they brought; `explanation` says why."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="commissions")
    beneficiary = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="commissions"
    )
    sale = models.ForeignKey(Sale, on_delete=models.PROTECT, related_name="commissions")
    source_type = models.TextField(help_text="As in the sale: order, invoice")
    source_id = models.UUIDField()
    level = models.PositiveSmallIntegerField(default=1)
    rule = models.ForeignKey(CommissionRule, on_delete=models.PROTECT, related_name="commissions")
    currency = CurrencyField()
    base_minor = MinorUnitsField(help_text="On what it was earned")
    amount_minor = MinorUnitsField()
    returned_minor = MinorUnitsField(default=0, help_text="What was taken back")
    state = models.TextField(choices=CommissionState.choices, default=CommissionState.HELD)
    earned_at = models.DateTimeField()
    held_until = models.DateTimeField()
    explanation = models.TextField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            choice_is_known("state", CommissionState, table="payments_commission"),
            models.UniqueConstraint(
                fields=["source_type", "source_id", "beneficiary", "level"],
                name="payments_commission_once",
            ),
            models.CheckConstraint(
                name="payments_commission_returned_within_amount",
                condition=Q(
                    amount_minor__gt=0,
                    returned_minor__gte=0,
                    returned_minor__lte=F("amount_minor"),
                ),
            ),
            models.CheckConstraint(
                name="payments_commission_first_level_only", condition=Q(level=1)
            ),
        ]
        indexes = [
            models.Index(fields=["beneficiary", "-id"], name="payments_commission_owner"),
            models.Index(
                fields=["held_until"],
                name="payments_commission_held",
                condition=Q(state=CommissionState.HELD),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} on {self.source_type} {self.source_id}"

    @property
    def amount(self) -> Money:
        """As earned."""
        return Money(self.amount_minor, self.currency)

    @property
    def left(self) -> Money:
        """What has not been taken back."""
        return Money(self.amount_minor - self.returned_minor, self.currency)
