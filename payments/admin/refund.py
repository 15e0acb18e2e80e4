"""Refunds: what waits for approval, what is on its way, what went wrong."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from core.admin.badge import Labelled
from payments.admin.deed import Button, Words, attempt, deed, given
from payments.admin.labels import REFUND_LABELS
from payments.admin.persons import person
from payments.admin.refund_account import RefundAccountAdmin
from payments.enums import RefundState
from payments.models import Refund
from payments.services.refunds import approve_refund, reject_refund
from payments.services.refunds.bank_details import takes_account

LINK = '<a class="font-medium text-primary-600 dark:text-primary-500" href="{}">{}</a>'


class QueueFilter(admin.SimpleListFilter):
    """What a person must do something about."""

    title = "queue"
    parameter_name = "queue"
    QUEUES = {
        "approval": ("Waiting for approval", [RefundState.REQUESTED]),
        "on_its_way": (
            "On its way", [RefundState.APPROVED, RefundState.SUBMITTED, RefundState.PENDING],
        ),
        "attention": ("Needs attention", [RefundState.NEEDS_ATTENTION]),
        "failed": ("Failed", [RefundState.FAILED]),
    }  # fmt: skip

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Their names."""
        return [(key, name) for key, (name, _) in self.QUEUES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Refund]) -> QuerySet[Refund]:
        """The chosen one."""
        chosen = self.QUEUES.get(self.value() or "")
        return queryset.filter(state__in=chosen[1]) if chosen else queryset


@admin.register(Refund)
class RefundAdmin(RefundAccountAdmin):
    """Read-only, with the decision on those that wait for one."""

    list_display = [
        "amount_shown", "state_shown", "payment_link", "origin", "reason", "created_at",
    ]  # fmt: skip
    empty_note = "Refunds are asked for on a payment's page, or come with a cancelled order."
    list_filter = [QueueFilter, "state", "origin", "gateway", "currency"]
    search_fields = ["payment__reference__startswith", "gateway_ref__exact"]
    search_help_text = "Reference of the payment, or the gateway's own id"
    ordering = ["-id"]
    fieldsets = [
        (None, {"fields": ["decision", "bank_details", "amount_shown", "state_shown",
                           "payment_link", "reason", "origin", "failure", "error"]}),
        ("Who", {"fields": ["asked_by", "two_people", "let_go_by", "approved_at"]}),
        ("At the gateway", {"fields": ["gateway", "gateway_ref", "submitted_at", "asked_at",
                                       "tries", "finished_at"]}),
        ("In the books", {"fields": ["is_booked", "owed_back", "settled"]}),
    ]  # fmt: skip
    readonly_fields = [
        "decision", "bank_details", "amount_shown", "state_shown", "payment_link", "asked_by",
        "let_go_by", "owed_back", "settled",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        """Their payments come along."""
        return super().get_queryset(request).select_related("payment")

    def get_urls(self) -> list[URLPattern]:
        """POST here decides."""
        view = self.admin_site.admin_view(self.decide)
        urls: list[URLPattern] = super().get_urls()
        return [path("<uuid:refund_id>/decide/", view, name="payments_refund_decide"), *urls]

    def get_fieldsets(self, request: HttpRequest, obj: Refund | None = None) -> Any:
        """What can be done is for those who may do it, while there is something to do."""
        may = obj is not None and self.has_decide_permission(request)
        hidden = set()
        if not (may and obj is not None and obj.may_become(RefundState.REJECTED)):
            hidden.add("decision")
        if not (may and obj is not None and takes_account(obj)):
            hidden.add("bank_details")
        first, *rest = self.fieldsets
        fields = [name for name in first[1]["fields"] if name not in hidden]
        return [(first[0], {"fields": fields}), *rest]

    def decide(self, request: HttpRequest, refund_id: UUID) -> HttpResponse:
        """Approve or reject, in the name of who is signed in."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_decide_permission(request):
            raise PermissionDenied
        by = request.user.pk
        if request.POST.get("deed") == "approve":
            attempt(
                request,
                lambda: approve_refund(refund_id=refund_id, approved_by=by),
                done="Approved: it goes to the gateway now.",
            )
        else:
            why = given(request, "refund_why")
            attempt(
                request,
                lambda: reject_refund(refund_id=refund_id, rejected_by=by, why=why),
                done="Rejected.",
            )
        return redirect(reverse("admin:payments_refund_change", args=[refund_id]))

    @display(description="Decide")
    def decision(self, refund: Refund) -> SafeString:
        """A line for the reason, and two buttons."""
        approve = (
            [Button("approve", "Approve", ask=f"Give {refund.amount.readable} back?")]
            if refund.state == RefundState.REQUESTED
            else []
        )
        note = "Somebody other than who asked must approve." if refund.two_people else ""
        return deed(
            reverse("admin:payments_refund_decide", args=[refund.pk]),
            inputs=[Words("refund_why", "Why it is rejected")],
            buttons=[*approve, Button("reject", "Reject", grave=True)],
            note=note,
        )

    @display(description="State", ordering="state", label=REFUND_LABELS)
    def state_shown(self, refund: Refund) -> Labelled:
        """A coloured label."""
        return Labelled(refund.state, refund.get_state_display(), REFUND_LABELS)

    @display(description="Amount", ordering="amount_minor")
    def amount_shown(self, refund: Refund) -> str:
        """With its currency."""
        return refund.amount.readable

    @display(description="Payment")
    def payment_link(self, refund: Refund) -> SafeString:
        """To the payment it takes back."""
        url = reverse("admin:payments_payment_change", args=[refund.payment_id])
        return format_html(LINK, url, refund.payment.reference)

    @display(description="Asked for by")
    def asked_by(self, refund: Refund) -> str:
        """A person, the house, or somebody at the gateway."""
        return person(refund.requested_by)

    @display(description="Approved by")
    def let_go_by(self, refund: Refund) -> str:
        """Small ones are approved by asking."""
        return person(refund.approved_by) if refund.approved_at else "Nobody yet"
