"""Addresses that are not written to, why, since when; and writing to one again."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.decorators import action, display

from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError
from notifications.models import Suppression
from notifications.services.suppression import lift_suppression
from notifications.services.suppression.hashing import address_hashes

STANDING = {"holds": "danger", "lifted": "success", "over": "default"}


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    """The table holds no addresses, only hashes: search for a whole address to find its rows."""

    list_display = [
        "created_at", "shown_reason", "scope", "address", "source", "expires_at", "standing",
    ]  # fmt: skip
    list_filter = ["reason", "scope", "source"]
    search_fields = ["source__exact"]  # what makes the box appear; see get_search_results
    search_help_text = "A whole e-mail address"
    ordering = ["-id"]
    list_select_related = ["delivery"]
    actions_detail = ["lift"]
    fields = [
        "shown_reason", "scope", "address", "standing", "source", "delivery", "expires_at",
        "created_at", "lifted_at", "lifted_because",
    ]  # fmt: skip
    readonly_fields = fields

    @display(description="Reason", ordering="reason")
    def shown_reason(self, row: Suppression) -> str:
        """In words."""
        return row.get_reason_display()

    @display(description="Address")
    def address(self, row: Suppression) -> str:
        """That of the message it began with, as long as that is kept."""
        return row.delivery.target if row.delivery else "no longer kept"

    @display(description="Standing", label=STANDING)
    def standing(self, row: Suppression) -> Labelled:
        """Whether it holds."""
        if row.lifted_at:
            return Labelled("lifted", "Lifted", STANDING)
        if row.is_over:
            return Labelled("over", "Over", STANDING)
        return Labelled("holds", "Not written to", STANDING)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suppression], search_term: str
    ) -> tuple[QuerySet[Suppression], bool]:
        """By the hash of the address that was typed."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(address_hash__in=address_hashes(search_term)), False

    def get_urls(self) -> list[URLPattern]:
        """The page that asks why."""
        ask = path(
            "<uuid:object_id>/because/",
            self.admin_site.admin_view(self.lift_page),
            name="notifications_suppression_because",
        )
        return [ask, *super().get_urls()]

    def has_lift_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """A right of its own."""
        return request.user.has_perm("notifications.lift_suppression")

    @action(description="Write to them again", url_path="write-again", permissions=["lift"])
    def lift(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why first."""
        row = get_object_or_404(Suppression, pk=object_id)
        return redirect(reverse("admin:notifications_suppression_because", args=[row.pk]))

    def lift_page(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """A reason in words, kept with the row and in the audit trail."""
        if not self.has_lift_permission(request):
            raise PermissionDenied
        row = get_object_or_404(Suppression, pk=object_id)
        back = reverse("admin:notifications_suppression_change", args=[object_id])
        if request.method == "POST":
            try:
                lift_suppression(
                    suppression_id=object_id, because=request.POST.get("because", "")[:500]
                )
            except DomainError as refusal:
                messages.error(request, refusal.message)
            else:
                messages.success(request, "They are written to again.")
                return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": "Write to them again",
            "row": row,
            "back": back,
        }
        return TemplateResponse(request, "admin/notifications/lift.html", context)
