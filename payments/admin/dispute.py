"""Disputes: those that must be answered first come first."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, QuerySet, When
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from payments.admin.deed import Button, Words, attempt, deed, given
from payments.admin.labels import DISPUTE_LABELS
from payments.admin.refund import LINK
from payments.enums import OPEN_DISPUTES, DisputeState
from payments.models import Dispute
from payments.services.disputes.observing import note_dispute

WAITING = Case(When(state=DisputeState.NEEDS_RESPONSE, then=1), default=0)


class DueFilter(admin.SimpleListFilter):
    """Open ones, or those that need our answer."""

    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Their names."""
        return [("due", "Needs an answer"), ("open", "Open"), ("decided", "Decided")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Dispute]) -> QuerySet[Dispute]:
        """The chosen one."""
        match self.value():
            case "due":
                return queryset.filter(state=DisputeState.NEEDS_RESPONSE)
            case "open":
                return queryset.filter(state__in=OPEN_DISPUTES)
            case "decided":
                return queryset.exclude(state__in=OPEN_DISPUTES)
        return queryset


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    """Read-only but for what staff note; evidence is sent at the gateway."""

    list_display = [
        "what_for", "state_shown", "days_left", "amount_shown", "reason_shown", "gateway",
        "opened_at",
    ]  # fmt: skip
    empty_note = "No payer has asked their bank for money back."
    list_filter = [DueFilter, "state", "gateway"]
    search_fields = ["gateway_ref__exact", "payment__reference__startswith"]
    search_help_text = "The gateway's own id, or the reference of the payment"
    fieldsets = [
        (None, {"fields": ["gateway_ref", "state_shown", "days_left", "due_by", "amount_shown",
                           "payment_link", "reason_shown", "said", "notes_line"]}),
        ("Money", {"fields": ["withdrawn", "fee"]}),
        ("When", {"fields": ["opened_at", "as_of", "closed_at"]}),
    ]  # fmt: skip
    readonly_fields = [
        "state_shown", "days_left", "amount_shown", "payment_link", "withdrawn", "fee",
        "reason_shown", "notes_line",
    ]  # fmt: skip

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """What is due first; what is decided has no hurry."""
        return [
            WAITING.desc(),
            F("closed_at").asc(nulls_first=True),
            F("due_by").asc(nulls_last=True),
            "-id",
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispute]:
        """Their payments come along."""
        return super().get_queryset(request).select_related("payment")

    def get_urls(self) -> list[URLPattern]:
        """POST here keeps a note."""
        view = self.admin_site.admin_view(self.note)
        urls: list[URLPattern] = super().get_urls()
        return [path("<uuid:dispute_id>/note/", view, name="payments_dispute_note"), *urls]

    def note(self, request: HttpRequest, dispute_id: UUID) -> HttpResponse:
        """Keep what staff noted."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("payments.note_dispute"):
            raise PermissionDenied
        notes = given(request, "dispute_notes")
        attempt(request, lambda: note_dispute(dispute_id=dispute_id, notes=notes), done="Noted.")
        return redirect(reverse("admin:payments_dispute_change", args=[dispute_id]))

    @display(description="Notes")
    def notes_line(self, dispute: Dispute) -> SafeString:
        """What is being done about it."""
        return deed(
            reverse("admin:payments_dispute_note", args=[dispute.pk]),
            inputs=[Words("dispute_notes", "Evidence sent, who is on it", dispute.notes)],
            buttons=[Button("note", "Keep the note")],
        )

    @display(description="What for")
    def what_for(self, dispute: Dispute) -> str:
        """What was paid, in the words the payer saw."""
        return dispute.payment.description or dispute.gateway_ref

    @display(description="The payer says", ordering="reason")
    def reason_shown(self, dispute: Dispute) -> str:
        """The gateway's word for it, readable."""
        return dispute.reason.replace("_", " ").replace("-", " ").capitalize() or "Not said"

    @display(description="State", ordering="state", label=DISPUTE_LABELS)
    def state_shown(self, dispute: Dispute) -> Labelled:
        """A coloured label."""
        return Labelled(dispute.state, dispute.get_state_display(), DISPUTE_LABELS)

    @display(description="Answer within", ordering="due_by")
    def days_left(self, dispute: Dispute) -> str:
        """Days until the gateway decides without us."""
        if dispute.state != DisputeState.NEEDS_RESPONSE:
            return "Nothing to do"
        if dispute.due_by is None:
            return "No date given"
        days = (dispute.due_by - timezone.now()).days
        if days < 0:
            return "Too late"
        return "Today" if days == 0 else f"{days} day{'s' if days > 1 else ''}"

    @display(description="Amount", ordering="amount_minor")
    def amount_shown(self, dispute: Dispute) -> str:
        """With its currency."""
        return dispute.amount.readable

    @display(description="Payment")
    def payment_link(self, dispute: Dispute) -> SafeString:
        """To the disputed payment."""
        url = reverse("admin:payments_payment_change", args=[dispute.payment_id])
        return format_html(LINK, url, dispute.payment.reference)
