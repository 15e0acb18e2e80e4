"""Vendors: who they are, what we agreed, who acts for them; approved and suspended by actions."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from commerce.admin.labels import VENDOR_LABELS
from commerce.enums import VendorStatus
from commerce.models import Vendor, VendorMember
from commerce.services.vendors import move_vendor
from core.admin.badge import Labelled
from core.errors import DomainError
from payments.admin.owed import owed_table
from payments.models import Payee

PAYEE = '{}<p class="mt-3"><a class="text-primary-600" href="{}">Bank account and payouts</a></p>'


class MemberInline(TabularInline):
    """Users who act for the vendor."""

    model = VendorMember
    extra = 0
    autocomplete_fields = ["user"]
    verbose_name_plural = "Members"


@admin.register(Vendor)
class VendorAdmin(ModelAdmin):
    """Contact and terms are edited; the status moves by actions."""

    list_display = [
        "name", "shown_status", "country", "payout_currency", "commission", "contact_email",
    ]  # fmt: skip
    list_filter = ["status", "country"]
    search_fields = ["name__icontains", "slug__startswith", "contact_email__exact"]
    ordering = ["name"]
    readonly_fields = ["shown_status", "owed"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MemberInline]
    actions = ["approve", "suspend"]
    compressed_fields = True
    fieldsets = [
        (None, {"fields": ["name", "slug", "shown_status", "country", "language"]}),
        ("Contact", {"fields": ["contact_name", "contact_email", "contact_phone"]}),
        ("Terms", {"fields": ["payout_currency", "commission_bps"]}),
        ("What we owe", {"fields": ["owed"]}),
    ]

    @display(description="Status", ordering="status", label=VENDOR_LABELS)
    def shown_status(self, vendor: Vendor) -> Labelled:
        """A coloured label."""
        return Labelled(vendor.status, vendor.get_status_display(), VENDOR_LABELS)

    @display(description="Commission", ordering="commission_bps")
    def commission(self, vendor: Vendor) -> str:
        """As people say it."""
        return f"{vendor.commission_bps / 100:g} %"

    @display(description="Balance")
    def owed(self, vendor: Vendor) -> SafeString:
        """By currency; payouts are drafted on the payee's page."""
        if not Payee.objects.filter(pk=vendor.pk).exists():
            return format_html("Nothing was sold yet.")
        url = reverse("admin:payments_payee_change", args=[vendor.pk])
        return format_html(PAYEE, owed_table(vendor.pk), url)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Suspended, never deleted: orders speak of them."""
        return False

    @admin.action(description="Approve", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Vendor]) -> None:
        """Their products may be sold."""
        self._move(request, queryset, VendorStatus.ACTIVE)

    @admin.action(description="Suspend", permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Vendor]) -> None:
        """Their products are gone from the shop at once."""
        self._move(request, queryset, VendorStatus.SUSPENDED)

    def _move(self, request: HttpRequest, vendors: QuerySet[Vendor], to: VendorStatus) -> None:
        for vendor in vendors:
            try:
                move_vendor(vendor_id=vendor.pk, to=to)
            except DomainError as refusal:
                self.message_user(request, refusal.message, messages.WARNING)
            else:
                self.message_user(request, f"{vendor.name}: {to.label}.", messages.SUCCESS)
