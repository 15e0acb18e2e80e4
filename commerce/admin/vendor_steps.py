"""The steps of a vendor's life in the admin: buttons on one, actions on many. Services move."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from commerce.enums import VENDOR_NEXT, VendorStatus
from commerce.models import Vendor
from commerce.services.vendors.life import NEEDS_REASON, move_vendor
from core.errors import DomainError

DEEDS = {
    (VendorStatus.APPLIED, VendorStatus.ACTIVE): "Approve",
    (VendorStatus.APPLIED, VendorStatus.CLOSED): "Decline",
    (VendorStatus.ACTIVE, VendorStatus.SUSPENDED): "Suspend",
    (VendorStatus.SUSPENDED, VendorStatus.ACTIVE): "Reopen",
    (VendorStatus.CLOSED, VendorStatus.ACTIVE): "Reopen",
}
FROM_THE_LIST = "Decided in the list, with others."


class VendorStepsAdmin(ModelAdmin):
    """Buttons on one vendor with a reason; from the list, approve and suspend."""

    actions = ["approve", "suspend"]

    def get_urls(self) -> list[URLPattern]:
        """POST here takes one step."""
        urls: list[URLPattern] = super().get_urls()
        view = self.admin_site.admin_view(self.step_view)
        return [path("<uuid:vendor_id>/step/", view, name="commerce_vendor_step"), *urls]

    @display(description="Next step")
    def next_steps(self, vendor: Vendor) -> SafeString:
        """Buttons that submit the page's own form (and its CSRF token) to `step_view`."""
        if not vendor.pk or vendor._state.adding:  # noqa: SLF001  - Django's own flag
            return SafeString("After saving: approve or decline.")
        here = VendorStatus(vendor.status)
        steps = [
            (step.value, DEEDS.get((here, step), "Close"), step in NEEDS_REASON)
            for step in VendorStatus
            if step in VENDOR_NEXT[here]
        ]
        return render_to_string(
            "commerce/admin/vendor_steps.html",
            {"steps": steps, "url": reverse("admin:commerce_vendor_step", args=[vendor.pk])},
        )

    def step_view(self, request: HttpRequest, vendor_id: Any) -> HttpResponse:
        """Take the step and go back to the vendor."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            self.message_user(request, "You may not decide this.", messages.ERROR)
        else:
            reason = request.POST.get("step_reason", "")[:1000]
            self._move(request, vendor_id, request.POST.get("to", ""), reason)
        return redirect(reverse("admin:commerce_vendor_change", args=[vendor_id]))

    @admin.action(description="Approve", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Vendor]) -> None:
        """Their products may be sold."""
        for vendor_id in queryset.order_by("id").values_list("pk", flat=True):
            self._move(request, vendor_id, VendorStatus.ACTIVE, "")

    @admin.action(description="Suspend", permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Vendor]) -> None:
        """Their products are gone from the shop at once."""
        for vendor_id in queryset.order_by("id").values_list("pk", flat=True):
            self._move(request, vendor_id, VendorStatus.SUSPENDED, FROM_THE_LIST)

    def _move(self, request: HttpRequest, vendor_id: Any, to: str, reason: str) -> None:
        try:
            vendor = move_vendor(vendor_id=vendor_id, to=to, reason=reason)
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            text = f"{vendor.name} is {vendor.get_status_display().lower()}."
            self.message_user(request, text, messages.SUCCESS)
