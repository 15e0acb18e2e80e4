"""Who brought whom."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from core.constraints import choice_is_known
from core.models import BaseModel
from payments.enums import ReferredBy

CODE = r"^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$"


class ReferralCode(BaseModel):
    """What a person hands on: eight letters and digits nobody mixes up (no I, O, 0, 1)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="referral_code"
    )
    code = models.CharField(max_length=9, unique=True)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="Brings nobody any more")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="payments_referralcode_readable", condition=Q(code__regex=CODE)
            )
        ]

    def __str__(self) -> str:
        return self.code


class Referral(BaseModel):
    """One person brought another, once. Commissions are earned until `expires_at`."""

    code = models.ForeignKey(ReferralCode, on_delete=models.PROTECT, related_name="referrals")
    referrer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="referrals_made"
    )
    referred = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="referral"
    )
    source = models.TextField(choices=ReferredBy.choices)
    attributed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    rejected_at = models.DateTimeField(null=True, blank=True, help_text="Staff: no real referral")

    class Meta:
        ordering = ["-id"]
        constraints = [
            choice_is_known("source", ReferredBy, table="payments_referral"),
            models.CheckConstraint(
                name="payments_referral_not_of_oneself", condition=~Q(referrer=F("referred"))
            ),
            # two who bring each other, also when they do it at the same moment
            models.UniqueConstraint(
                Least("referrer", "referred"),
                Greatest("referrer", "referred"),
                name="payments_referral_pair_once",
            ),
            models.CheckConstraint(
                name="payments_referral_expires_later",
                condition=Q(expires_at__gt=F("attributed_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referrer_id} brought {self.referred_id}"
