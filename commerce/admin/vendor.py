"""Vendors: who they are, what we agreed, who acts for them, how they do."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import display

from commerce.admin.labels import VENDOR_LABELS
from commerce.admin.vendor_figures import products_line, sold_line, waiting_line
from commerce.admin.vendor_steps import VendorStepsAdmin
from commerce.enums import ProductStatus
from commerce.models import Vendor, VendorInvitation, VendorMember
from commerce.services.vendors.life import change_vendor
from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyInline
from core.audit import record_audit
from payments.admin.owed import owed_table
from payments.models import Payee

PAYEE = '{}<p class="mt-3"><a class="text-primary-600" href="{}">Bank account and payouts</a></p>'


class MemberInline(TabularInline):
    """Users who act for the vendor; people without a login are asked by mail (the API)."""

    model = VendorMember
    extra = 0
    autocomplete_fields = ["user"]
    fields = ["user", "role"]
    hide_title = True
    verbose_name_plural = "Members"

    def get_queryset(self, request: HttpRequest) -> QuerySet[VendorMember]:
        """With their users."""
        return super().get_queryset(request).select_related("user")


class InvitationInline(ReadOnlyInline):
    """Who was asked and has not answered."""

    model = VendorInvitation
    fields = ["email", "role", "created_at", "expires_at"]
    readonly_fields = fields
    show_change_link = False
    hide_title = True
    verbose_name_plural = "Invited"

    def get_queryset(self, request: HttpRequest) -> QuerySet[VendorInvitation]:
        """Those that are open."""
        return super().get_queryset(request).filter(accepted_at=None, expires_at__gt=timezone.now())


@admin.register(Vendor)
class VendorAdmin(VendorStepsAdmin):
    """Contact and terms are edited; the status moves by buttons that ask why."""

    list_display = [
        "name", "shown_status", "country", "products_on_sale", "payout_currency", "commission",
        "contact_email",
    ]  # fmt: skip
    list_filter = ["status", "country", "payout_currency"]
    search_fields = ["name__icontains", "slug__startswith", "contact_email__exact"]
    ordering = ["name"]
    readonly_fields = [
        "shown_status", "next_steps", "status_reason", "status_changed_at", "owed",
        "products", "waiting", "sold",
    ]  # fmt: skip
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MemberInline, InvitationInline]
    compressed_fields = True
    fieldsets = [
        (None, {"fields": ["name", "slug", "country", "language"]}),
        (
            "Where they stand",
            {"fields": ["shown_status", "status_reason", "status_changed_at", "next_steps"]},
        ),
        ("How they do", {"fields": ["products", "waiting", "sold"]}),
        ("Contact", {"fields": ["contact_name", "contact_email", "contact_phone"]}),
        ("Terms", {"fields": ["payout_currency", "commission_bps"]}),
        ("What we owe", {"fields": ["owed"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Vendor]:
        """The number of their products on sale comes with the same query."""
        on_sale = Count("products", filter=Q(products__status=ProductStatus.ACTIVE))
        return super().get_queryset(request).annotate(on_sale=on_sale)

    @display(description="Status", ordering="status", label=VENDOR_LABELS)
    def shown_status(self, vendor: Vendor) -> Labelled:
        """A coloured label."""
        return Labelled(vendor.status, vendor.get_status_display(), VENDOR_LABELS)

    @display(description="On sale", ordering=F("on_sale"))
    def products_on_sale(self, vendor: Any) -> int:
        """How many products."""
        return int(vendor.on_sale)

    @display(description="Commission", ordering="commission_bps")
    def commission(self, vendor: Vendor) -> str:
        """As people say it."""
        return f"{vendor.commission_bps / 100:g} %"

    @display(description="Products")
    def products(self, vendor: Vendor) -> SafeString:
        """By status."""
        return products_line(vendor.pk)

    @display(description="Orders")
    def waiting(self, vendor: Vendor) -> str:
        """Paid and not sent."""
        return waiting_line(vendor.pk)

    @display(description="Sold")
    def sold(self, vendor: Vendor) -> SafeString:
        """Lately."""
        return sold_line(vendor.pk)

    @display(description="Balance")
    def owed(self, vendor: Vendor) -> SafeString:
        """By currency; payouts are drafted on the payee's page."""
        if not Payee.objects.filter(pk=vendor.pk).exists():
            return format_html("Nothing was sold yet.")
        url = reverse("admin:payments_payee_change", args=[vendor.pk])
        return format_html(PAYEE, owed_table(vendor.pk), url)

    def save_model(self, request: HttpRequest, obj: Vendor, form: Any, change: bool) -> None:
        """Changes of a vendor that is there go through the service, which keeps them on record."""
        if not change:
            super().save_model(request, obj, form, change)
            record_audit(action="vendor.create", resource=obj, details={"slug": obj.slug})
            return
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        change_vendor(vendor_id=obj.pk, changes=changes)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Who acts for a vendor stays on record."""
        super().save_formset(request, form, formset, change)
        changed = {
            "added": [str(row.user_id) for row in formset.new_objects],
            "changed": [str(row.user_id) for row, _ in formset.changed_objects],
            "removed": [str(row.user_id) for row in formset.deleted_objects],
        }
        if any(changed.values()):
            record_audit(action="vendor.members", resource=form.instance, details=changed)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Closed, never deleted: orders speak of them."""
        return False
