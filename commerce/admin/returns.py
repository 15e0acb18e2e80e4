"""Returns: a queue by state, one page with the next step, and a slip to print."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from commerce.addresses import from_json
from commerce.admin.return_ask import AskingAdmin
from commerce.enums import ReturnFate, ReturnState
from commerce.models import ReturnChange, ReturnLine, ReturnRequest, StockLocation
from commerce.services.returns import Finding, inspect_return, move_return, refund_return
from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from core.errors import DomainError
from core.money import Money
from payments.enums import REFUND_OVER

RETURN_LABELS = {
    ReturnState.REQUESTED: "danger",
    ReturnState.APPROVED: "info",
    ReturnState.RECEIVED: "warning",
    ReturnState.INSPECTED: "primary",
    ReturnState.REFUNDED: "success",
    ReturnState.CLOSED: "default",
    ReturnState.REJECTED: "default",
    ReturnState.CANCELLED: "default",
}
LINK = '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>'


class ReturnLineInline(ReadOnlyInline):
    """What comes back, and what became of it."""

    model = ReturnLine
    fields = ["thing", "quantity", "reason", "comment", "accepted", "fate", "location", "refund"]
    readonly_fields = fields
    show_change_link = False
    hide_title = True
    verbose_name_plural = "Lines"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReturnLine]:
        """With the names."""
        return super().get_queryset(request).select_related("line", "location")

    @display(description="Thing")
    def thing(self, row: ReturnLine) -> str:
        """As it stood in the order."""
        return f"{row.line.sku} {row.line.name}"

    @display(description="Refund")
    def refund(self, row: ReturnLine) -> Money:
        """What was paid for the accepted pieces."""
        return Money(row.refund_minor, row.line.currency)


class ReturnChangeInline(ReadOnlyInline):
    """Its history."""

    model = ReturnChange
    fields = ["at", "previous", "state", "note"]
    readonly_fields = fields
    show_change_link = False
    hide_title = True
    verbose_name_plural = "History"


@admin.register(ReturnRequest)
class ReturnAdmin(AskingAdmin, ReadOnlyAdmin):
    """Newest first; the state says who is at it."""

    list_display = ["number", "order_link", "shown_state", "refund", "refund_state", "created_at"]
    list_filter = ["state", "refund_state"]
    search_fields = ["number__startswith", "order__number__startswith"]
    search_help_text = "Number of the return, or of its order"
    ordering = ["-id"]
    list_select_related = ["order"]
    inlines = [ReturnLineInline, ReturnChangeInline]
    fieldsets = [
        (None, {"fields": [("number", "order_link", "shown_state"), "next_steps", "note"]}),
        ("Money", {"fields": [("refund", "of_shipping"), ("refund_state", "refund_problem")]}),
    ]
    readonly_fields = ["order_link", "shown_state", "next_steps", "refund", "of_shipping"]

    def get_urls(self) -> list[URLPattern]:
        """Steps by POST, and the slip."""
        step = self.admin_site.admin_view(self.step_view)
        slip = self.admin_site.admin_view(self.slip_view)
        return [
            path("<uuid:return_id>/step/", step, name="commerce_return_step"),
            path("<uuid:return_id>/slip/", slip, name="commerce_return_slip"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReturnRequest]:
        """With the order."""
        rows: QuerySet[ReturnRequest] = super().get_queryset(request)
        return rows.select_related("order")

    def may_decide(self, request: HttpRequest) -> bool:
        """Whoever moves orders on."""
        return bool(request.user.has_perm("commerce.change_order"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Steps are for those who may take them."""
        if self.may_decide(request):
            return self.fieldsets
        return [(None, {"fields": [("number", "order_link", "shown_state"), "note"]}),
                *self.fieldsets[1:]]  # fmt: skip

    @display(description="Order")
    def order_link(self, row: ReturnRequest) -> SafeString:
        """To its page."""
        return format_html(
            LINK, reverse("admin:commerce_order_change", args=[row.order_id]), row.order
        )

    @display(description="State", ordering="state", label=RETURN_LABELS)
    def shown_state(self, row: ReturnRequest) -> Labelled:
        """A coloured label."""
        return Labelled(row.state, row.get_state_display(), RETURN_LABELS)

    @display(description="Refund", ordering="refund_minor")
    def refund(self, row: ReturnRequest) -> Money:
        """Known once it was inspected."""
        return row.refund

    @display(description="Of it shipping")
    def of_shipping(self, row: ReturnRequest) -> Money:
        """With its tax."""
        return Money(row.shipping_minor, row.currency)

    @display(description="Next step")
    def next_steps(self, row: ReturnRequest) -> SafeString:
        """Buttons and, when the parcel is here, the form of the inspection."""
        following = [s for s in row.next_states() if s not in (_S.INSPECTED, _S.REFUNDED)]
        again = row.state in (_S.INSPECTED, _S.REFUNDED) and (
            row.refund_id is None or row.refund_state in REFUND_OVER
        )
        context = {
            "request": row,
            "steps": [(s.value, DEEDS[s], s in (_S.REJECTED, _S.CANCELLED)) for s in following],
            "again": again and row.refund_minor > 0,
            "inspect": row.state == _S.RECEIVED,
            "lines": list(row.lines.select_related("line")) if row.state == _S.RECEIVED else [],
            "places": list(StockLocation.objects.all()) if row.state == _S.RECEIVED else [],
            "fates": ReturnFate.choices,
            "url": reverse("admin:commerce_return_step", args=[row.pk]),
            "slip": reverse("admin:commerce_return_slip", args=[row.pk]),
        }
        return render_to_string("commerce/admin/return_steps.html", context)

    def step_view(self, request: HttpRequest, return_id: UUID) -> HttpResponse:
        """Take the step and go back to the return."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.may_decide(request):
            self.message_user(request, "You may not decide on returns.", messages.ERROR)
        else:
            try:
                moved = _step(return_id, request.POST)
            except DomainError as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
            except (ValueError, KeyError):
                self.message_user(request, "Give whole numbers.", messages.ERROR)
            else:
                text = f"{moved.number} is {moved.get_state_display().lower()}."
                self.message_user(request, text, messages.SUCCESS)
        return redirect(reverse("admin:commerce_returnrequest_change", args=[return_id]))

    def slip_view(self, request: HttpRequest, return_id: UUID) -> HttpResponse:
        """A page to print and put into the parcel."""
        row = self.get_queryset(request).filter(pk=return_id).first()
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        lines = row.lines.select_related("line")
        context = {
            "row": row,
            "lines": lines,
            "sender": from_json(row.order.shipping_address).in_lines(),
        }
        return render(request, "commerce/admin/return_slip.html", context)


_S = ReturnState
DEEDS = {
    _S.APPROVED: "Approve", _S.REJECTED: "Reject", _S.CANCELLED: "Cancel",
    _S.RECEIVED: "The parcel is here", _S.CLOSED: "Close",
}  # fmt: skip


def _step(return_id: UUID, given: Any) -> ReturnRequest:
    """What the page asks for. Raises ValueError, DomainError."""
    to, note = given.get("to", ""), given.get("step_note", "")[:1000].strip()
    if to == _S.REFUNDED:
        return refund_return(return_id=return_id)
    if to != _S.INSPECTED:
        return move_return(return_id=return_id, to=to, note=note)
    findings = []
    for row in ReturnLine.objects.filter(request_id=return_id):
        place = given.get(f"location_{row.pk}", "")
        findings.append(
            Finding(
                row.pk,
                int(given[f"accepted_{row.pk}"]),
                ReturnFate(given.get(f"fate_{row.pk}", ReturnFate.RESTOCK)),
                UUID(place) if place else None,
            )
        )
    return inspect_return(
        return_id=return_id,
        findings=findings,
        refund_shipping=given.get("refund_shipping") == "on",
        note=note,
    )
