"""Where a gateway and we differ: found by the comparison, decided by people."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from core.admin.when_filter import WhenFilter
from core.errors import DomainError
from payments.models import Difference, DifferenceState
from payments.services.reconcile.book import unexplained_money
from payments.services.reconcile.mending import explain, mend, write_off

LABELS = {
    DifferenceState.OPEN: "danger",
    DifferenceState.MENDED: "success",
    DifferenceState.EXPLAINED: "info",
    DifferenceState.WRITTEN_OFF: "warning",
    DifferenceState.GONE: "default",
}
LINK = '<a class="font-medium text-primary-600 dark:text-primary-500" href="{}">{}</a>'
DONE = {"mend": "Mended.", "explain": "Explained.", "write_off": "Written off."}


@admin.register(Difference)
class DifferenceAdmin(ReadOnlyAdmin):
    """A queue: what is open comes first, with the money nobody accounts for above it."""

    list_display = [
        "ref", "kind", "gateway", "shown_state", "theirs", "ours", "shown_money", "happened_at",
    ]  # fmt: skip
    list_filter = ["state", "kind", "gateway", ("happened_at", WhenFilter)]
    search_fields = ["ref__exact", "payment_ref__exact"]
    search_help_text = "The gateway's own id"
    empty_note = "Our book and the gateways' lists agree."
    ordering = ["-id"]
    list_before_template = "payments/admin/unexplained.html"
    readonly_fields = ["shown_state", "shown_money", "decide", "payment_link", "run_link"]

    def get_fieldsets(self, request: HttpRequest, obj: Difference | None = None) -> list[Any]:
        """What to do first; for whoever may, and while there is something to do."""
        head: list[Any] = [("kind", "gateway", "shown_state"), "theirs", "ours", "shown_money"]
        if obj is not None and obj.state == DifferenceState.OPEN:
            head.append("proposal")
            if self.has_decide_permission(request):
                head.append("decide")
        else:
            head += ["reason", ("decided_by", "decided_at")]
        found = ["ref", "payment_link", "happened_at", "run_link", "times_found"]
        return [(None, {"fields": head}), ("Where it was found", {"fields": found})]

    def get_urls(self) -> list[URLPattern]:
        """POST here decides. Asking the gateway takes seconds: it runs outside a transaction."""
        urls: list[URLPattern] = super().get_urls()
        view = transaction.non_atomic_requests(self.admin_site.admin_view(self.decide_view))
        return [path("<uuid:pk>/decide/", view, name="payments_difference_decide"), *urls]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With the sums above the list."""
        sums = {"unexplained": unexplained_money()}
        return super().changelist_view(request, (extra_context or {}) | sums)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Mending and explaining is a right of its own."""
        return bool(request.user.has_perm("payments.resolve_difference"))

    @display(description="State", ordering="state", label=LABELS)
    def shown_state(self, row: Difference) -> Labelled:
        """A coloured label."""
        return Labelled(row.state, row.get_state_display(), LABELS)

    @display(description="Theirs less ours", ordering="unexplained_minor")
    def shown_money(self, row: Difference) -> str:
        """With its currency."""
        return row.unexplained.readable

    @display(description="Payment")
    def payment_link(self, row: Difference) -> str:
        """To the payment it is about."""
        if row.payment_id is None:
            return "not ours"
        url = reverse("admin:payments_payment_change", args=[row.payment_id])
        return format_html(LINK, url, row.payment_id)

    @display(description="Last found by")
    def run_link(self, row: Difference) -> str:
        """To the comparison that found it last."""
        url = reverse("admin:payments_reconciliationrun_change", args=[row.last_run_id])
        return format_html(LINK, url, row.last_run)

    @display(description="Decide")
    def decide(self, row: Difference) -> SafeString:
        """Buttons that submit the page's own form (and its CSRF token) to `decide_view`."""
        url = reverse("admin:payments_difference_decide", args=[row.pk])
        return render_to_string("payments/admin/decide.html", {"row": row, "url": url})

    def decide_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Mend, explain or write off, and go back to the difference."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        what = request.POST.get("decision", "")
        with transaction.atomic():
            allowed = self.has_decide_permission(request)
        if not allowed or what not in DONE:
            self.message_user(request, "You may not decide this.", messages.ERROR)
        else:
            reason = request.POST.get("decision_reason", "")[:1000].strip()
            try:
                _carry_out(what, pk, by=UUID(str(request.user.pk)), reason=reason)
            except DomainError as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
            except Difference.DoesNotExist:
                self.message_user(request, "There is no such difference.", messages.ERROR)
            else:
                self.message_user(request, DONE[what], messages.SUCCESS)
        return redirect(reverse("admin:payments_difference_change", args=[pk]))


def _carry_out(what: str, pk: UUID, *, by: UUID, reason: str) -> None:
    if what == "mend":
        mend(difference_id=pk, by=by)
    elif what == "explain":
        explain(difference_id=pk, by=by, reason=reason)
    else:
        write_off(difference_id=pk, by=by, reason=reason)
