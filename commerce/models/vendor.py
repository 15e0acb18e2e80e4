"""Those who sell through the shop."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from commerce.enums import VendorStatus
from core.constraints import choice_is_known
from core.models import BaseModel
from core.money import CurrencyField

ALL_OF_IT_BPS = 10_000


class Vendor(BaseModel):
    """A seller. `commission_bps` is the shop's share of each sale in basis points (250 = 2.5 %)."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=100, unique=True)
    status = models.TextField(
        choices=VendorStatus.choices, default=VendorStatus.APPLIED, db_default=VendorStatus.APPLIED
    )
    contact_name = models.CharField(max_length=200, blank=True)
    contact_email = models.EmailField(blank=True, help_text="Told of each new order")
    contact_phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, default="en", help_text="Of our mails to them")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166, two letters")
    payout_currency = CurrencyField(default="USD")
    commission_bps = models.PositiveIntegerField(
        "commission (bps)", default=1000, help_text="Basis points: 1000 = 10 %"
    )
    members: "models.ManyToManyField[Any, Any]" = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="VendorMember", related_name="vendors"
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            choice_is_known("status", VendorStatus, table="commerce_vendor"),
            models.CheckConstraint(
                name="commerce_vendor_commission_within_sale",
                condition=Q(commission_bps__lte=ALL_OF_IT_BPS),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VendorMember(BaseModel):
    """A user who acts for a vendor."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="vendor_memberships"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vendor", "user"], name="commerce_vendormember_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} acts for {self.vendor_id}"
