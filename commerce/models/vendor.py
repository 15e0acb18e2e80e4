"""Those who sell through the shop."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from commerce.enums import VendorRole, VendorStatus
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
    status_reason = models.TextField(
        blank=True, db_default="", help_text="Why it stands there; the vendor reads it"
    )
    status_changed_at = models.DateTimeField(null=True, blank=True)
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


class VendorMemberQuerySet(models.QuerySet["VendorMember"]):
    """Composable questions about who acts for whom."""

    def of(self, user_id: UUID | None) -> "VendorMemberQuerySet":
        """A person's memberships; nobody has none."""
        return self.filter(user_id=user_id) if user_id else self.none()


class VendorMember(BaseModel):
    """A user who acts for a vendor. In the database `app_my_vendors()` reads these rows."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="vendor_memberships"
    )
    role = models.TextField(
        choices=VendorRole.choices, default=VendorRole.MEMBER, db_default=VendorRole.MEMBER
    )

    objects = VendorMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            choice_is_known("role", VendorRole, table="commerce_vendormember"),
            models.UniqueConstraint(fields=["vendor", "user"], name="commerce_vendormember_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} acts for {self.vendor_id}"


class VendorInvitation(BaseModel):
    """Somebody is asked by mail to act for a vendor. Whoever has proven that the address is theirs
    may accept, so that the mail holds no secret."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(help_text="In lower case")
    role = models.TextField(
        choices=VendorRole.choices, default=VendorRole.MEMBER, db_default=VendorRole.MEMBER
    )
    invited_by_id = models.UUIDField(null=True, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            choice_is_known("role", VendorRole, table="commerce_vendorinvitation"),
            models.UniqueConstraint(
                fields=["vendor", "email"],
                condition=Q(accepted_at__isnull=True),
                name="commerce_vendorinvitation_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} is asked to act for {self.vendor_id}"
