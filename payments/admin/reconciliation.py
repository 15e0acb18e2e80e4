"""The comparisons themselves: when, how much, and what came out."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from unfold.decorators import display

from core.admin.badge import Labelled
from core.admin.labels import RUN_LABELS
from core.admin.readonly import ReadOnlyAdmin
from core.enums import RunState
from core.errors import DomainError, PermissionRefused
from payments.enums import GatewayName
from payments.gateways.registry import is_configured
from payments.models import ReconciliationRun
from payments.services.reconcile.asked import MOST_DAYS, ask_for_run

LOOK_AGAIN = "3"  # seconds, while the run on the page is at work


@admin.register(ReconciliationRun)
class ReconciliationRunAdmin(ReadOnlyAdmin):
    """Made every night, by `manage.py reconcile`, and by whoever presses the button here."""

    list_display = [
        "created_at", "gateway", "shown_state", "since", "until", "lines", "found", "mended",
        "gone", "all_agree",
    ]  # fmt: skip
    list_filter = ["gateway", "state"]
    empty_note = "Our book is compared with each gateway's every night, or by manage.py reconcile."
    ordering = ["-id"]
    list_before_template = "payments/admin/compare_now.html"
    fieldsets = [
        (None, {"fields": [("gateway", "shown_state"), "how_far", ("since", "until"), "error",
                           ("lines", "found", "mended", "gone"), "finished_at", "started_by"]}),
        ("Whole sums", {"fields": ["sums"]}),
    ]  # fmt: skip
    readonly_fields = ["shown_state", "how_far", "sums"]

    def get_urls(self) -> list[URLPattern]:
        """POST here asks for a comparison."""
        view = self.admin_site.admin_view(self.compare_view)
        here = path("compare/", view, name="payments_reconciliationrun_compare")
        return [here, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Under the button."""
        shown = {
            "may_compare": self.has_run_permission(request),
            "gateways": [name for name in GatewayName if is_configured(name)],
            "most_days": MOST_DAYS,
            "compare_url": reverse("admin:payments_reconciliationrun_compare"),
        }
        return super().changelist_view(request, (extra_context or {}) | shown)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page looks again by itself until the run has ended."""
        response: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        if ReconciliationRun.objects.filter(pk=object_id, state=RunState.RUNNING).exists():
            response["Refresh"] = LOOK_AGAIN
        return response

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Comparing costs the gateway many calls: a right of its own."""
        return bool(request.user.has_perm("payments.run_reconciliation"))

    def compare_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for it, and go to its page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        days = request.POST.get("days", "")
        try:
            if not self.has_run_permission(request):
                raise PermissionRefused("You may not start a comparison.")
            run = ask_for_run(
                gateway=request.POST.get("gateway", ""),
                days=int(days) if days.isdecimal() and len(days) < 6 else 0,
                started_by=UUID(str(request.user.pk)),
            )
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return redirect(reverse("admin:payments_reconciliationrun_changelist"))
        return redirect(reverse("admin:payments_reconciliationrun_change", args=[run.pk]))

    @display(description="How far")
    def how_far(self, run: ReconciliationRun) -> str:
        """What it does at the moment; the page looks again by itself."""
        if run.state != RunState.RUNNING:
            return f"Ended {run.finished_at:%Y-%m-%d %H:%M} UTC" if run.finished_at else "Ended"
        if run.is_asked_for:
            return "Waits for a worker; begins within a minute."
        return run.doing or "Begins"

    @display(description="State", ordering="state", label=RUN_LABELS)
    def shown_state(self, run: ReconciliationRun) -> Labelled:
        """A coloured label."""
        return Labelled(run.state, run.get_state_display(), RUN_LABELS)

    @display(description="Sums agree", boolean=True)
    def all_agree(self, run: ReconciliationRun) -> bool:
        """Whether the ledger comes to what the gateway's list comes to."""
        return all(row["agrees"] for row in run.totals)

    @display(description="Theirs, the books', and what is left")
    def sums(self, run: ReconciliationRun) -> SafeString:
        """Per figure and currency."""
        page = reverse("admin:payments_difference_changelist")
        url = f"{page}?{urlencode({'last_run__id__exact': str(run.pk)})}"
        return render_to_string("payments/admin/sums.html", {"rows": run.totals, "url": url})
