"""The comparisons themselves: when, how much, and what came out."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from unfold.decorators import display

from core.admin.badge import Labelled
from core.admin.labels import RUN_LABELS
from core.admin.readonly import ReadOnlyAdmin
from payments.models import ReconciliationRun


@admin.register(ReconciliationRun)
class ReconciliationRunAdmin(ReadOnlyAdmin):
    """Made every night, and by `manage.py reconcile`."""

    list_display = [
        "created_at", "gateway", "shown_state", "since", "until", "lines", "found", "mended",
        "gone", "all_agree",
    ]  # fmt: skip
    list_filter = ["gateway", "state"]
    empty_note = "Our book is compared with each gateway's every night, or by manage.py reconcile."
    ordering = ["-id"]
    fieldsets = [
        (None, {"fields": [("gateway", "shown_state"), ("since", "until"), "error",
                           ("lines", "found", "mended", "gone"), "finished_at", "started_by"]}),
        ("Whole sums", {"fields": ["sums"]}),
    ]  # fmt: skip
    readonly_fields = ["shown_state", "sums"]

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
