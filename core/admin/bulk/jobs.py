"""Imports and exports: what runs, how far it is, what came of it."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from core.admin.badge import Labelled
from core.admin.bulk.exports import download_view, export_view
from core.admin.bulk.imports import columns_view, upload_view
from core.admin.bulk.page import EXPORT, IMPORT, LIST, VIEW, refused, require, shown, to_job
from core.admin.bulk.samples import sample_view
from core.admin.readonly import ReadOnlyAdmin
from core.bulk.jobs.exports import may_fetch, sign_link
from core.bulk.jobs.imports import begin_write
from core.bulk.jobs.results import differences, refused_rows, some_rows
from core.bulk.jobs.steering import cancel, pause, resume
from core.bulk.targets import TARGETS
from core.enums import BulkKind, BulkOutcome, BulkState, BulkStep
from core.errors import DomainError, NotFound
from core.models import BulkJob, BulkMapping

STATE_LABELS = {
    BulkState.DRAFT: "default",
    BulkState.QUEUED: "info",
    BulkState.RUNNING: "warning",
    BulkState.CHECKED: "primary",
    BulkState.PAUSED: "default",
    BulkState.DONE: "success",
    BulkState.FAILED: "danger",
    BulkState.CANCELLED: "default",
}
OUTCOMES = (BulkOutcome.REFUSED, BulkOutcome.CHANGED, BulkOutcome.NEW)
ACTS = {"write": begin_write, "pause": pause, "resume": resume, "cancel": cancel}
ROWS_SHOWN = 25
AT_WORK = (BulkState.QUEUED, BulkState.RUNNING)


@admin.register(BulkJob)
class BulkJobAdmin(ReadOnlyAdmin):
    """An agent sees the exports they asked for; the others see all (the database decides)."""

    list_display = ["created_at", "what", "file_name", "shown_state", "progress", "counts", "who"]
    list_filter = ["kind", "target", "state"]
    search_fields = ["file_name__icontains", "sha256__exact"]
    search_help_text = "The file's name"
    ordering = ["-id"]
    list_before_template = "core/bulk/begin.html"
    empty_note = "Bring in a file of products, customers or orders, or take one out, from here."

    def get_urls(self) -> list[URLPattern]:
        """Pages beside the list, before Django's own patterns."""
        wrap = self.admin_site.admin_view
        own = [
            path("import/", wrap(upload_view), name="core_bulkjob_import"),
            path("export/", wrap(export_view), name="core_bulkjob_export"),
            path("download/<str:token>/", wrap(download_view), name="core_bulkjob_download"),
            path(
                "template/<str:target>.<str:format>", wrap(sample_view),
                name="core_bulkjob_template",
            ),
            path("<uuid:job_id>/columns/", wrap(columns_view), name="core_bulkjob_columns"),
            path("<uuid:job_id>/live/", wrap(self.live_view), name="core_bulkjob_live"),
            path("<uuid:job_id>/do/<str:act>/", wrap(self.act_view), name="core_bulkjob_do"),
            path("<uuid:job_id>/rows/<str:which>.csv", wrap(self.rows_view),
                 name="core_bulkjob_rows"),
        ]  # fmt: skip
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BulkJob]:
        """With the address of whoever asked."""
        asked = get_user_model().objects.filter(pk=OuterRef("user_id")).values("email")
        return super().get_queryset(request).annotate(asked_by=Subquery(asked[:1]))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Under the ways in and out."""
        begin = {
            "bulk_targets": [target for target in TARGETS.values() if target.imports],
            "may_import": request.user.has_perm(IMPORT),
            "may_export": request.user.has_perm(EXPORT),
        }
        return super().changelist_view(request, (extra_context or {}) | begin)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One job: how far it is (kept fresh by core/bulk.js), what became of its rows."""
        require(request, VIEW)
        job = self.get_object(request, object_id)
        if job is None:
            return redirect(reverse(LIST))
        if job.state == BulkState.DRAFT and request.user.has_perm(IMPORT):
            return redirect(reverse("admin:core_bulkjob_columns", args=[job.pk]))
        return shown(request, "job.html", str(job), **_page_of(job, request))

    def live_view(self, request: HttpRequest, job_id: UUID) -> HttpResponse:
        """The part of the page that changes while the job is at work."""
        require(request, VIEW)
        job = self.get_object(request, str(job_id))
        if job is None:
            return HttpResponse(status=404)
        return render(request, "core/bulk/live.html", _page_of(job, request))

    def act_view(self, request: HttpRequest, job_id: UUID, act: str) -> HttpResponse:
        """POST: write, pause, resume, cancel."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        job = self.get_object(request, str(job_id))
        if job is None:
            return redirect(reverse(LIST))
        require(request, IMPORT if job.kind == BulkKind.IMPORT else EXPORT)
        try:
            if act not in ACTS:
                raise NotFound("There is no such deed.")
            ACTS[act](job_id=job.pk)
        except DomainError as refusal:
            refused(request, refusal)
        return to_job(job)

    def rows_view(self, request: HttpRequest, job_id: UUID, which: str) -> HttpResponse:
        """The refused rows to mend, or what each row changes, as CSV."""
        require(request, IMPORT)
        job = self.get_object(request, str(job_id))
        found = {"refused": refused_rows, "changes": differences}
        if job is None or job.kind != BulkKind.IMPORT or which not in found:
            return HttpResponse(status=404)
        stem = job.file_name.rpartition(".")[0] or "rows"
        answer = StreamingHttpResponse(found[which](job), content_type="text/csv")
        answer.headers["Content-Disposition"] = f'attachment; filename="{_plain(stem)}-{which}.csv"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer  # type: ignore[return-value]  # a streaming answer is one

    @display(description="What", ordering="target")
    def what(self, job: BulkJob) -> str:
        """Import of products, export of orders."""
        return f"{job.get_kind_display()} of {job.target}"

    @display(description="State", ordering="state", label=STATE_LABELS)
    def shown_state(self, job: BulkJob) -> Labelled:
        """A coloured label."""
        return Labelled(job.state, job.get_state_display(), STATE_LABELS)

    @display(description="Done")
    def progress(self, job: BulkJob) -> SafeString | str:
        """A small bar while it is at work."""
        if job.state not in AT_WORK or not job.total:
            return f"{job.done:,}" if job.done else "–"
        return format_html(
            '<progress max="{}" value="{}"></progress> {} %',
            job.total, job.done, 100 * job.done // job.total,
        )  # fmt: skip

    @display(description="New, changed, as before, refused")
    def counts(self, job: BulkJob) -> str:
        """Of an import."""
        if job.kind == BulkKind.EXPORT or job.step == BulkStep.READ:
            return "–"
        return f"{job.new:,} · {job.changed:,} · {job.unchanged:,} · {job.refused:,}"

    @display(description="Asked by")
    def who(self, job: Any) -> str:
        """A person, or the terminal."""
        return job.asked_by or ("The terminal" if job.user_id is None else "Somebody who left")


@admin.register(BulkMapping)
class BulkMappingAdmin(ReadOnlyAdmin):
    """What columns mean, by name. Made and written over on the import's and export's own pages."""

    list_display = ["name", "kind", "target", "updated_at"]
    list_filter = ["kind", "target"]
    ordering = ["target", "name"]
    empty_note = "A mapping is kept when an import or export is given a name for it."

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that is wrong may go; jobs keep their own copy."""
        return bool(request.user.has_perm("core.delete_bulkmapping"))


def _page_of(job: BulkJob, request: HttpRequest) -> dict[str, Any]:
    at_work = job.state in AT_WORK
    context: dict[str, Any] = {
        "job": job,
        "state": Labelled(job.state, job.get_state_display(), STATE_LABELS),
        "at_work": at_work,
        "percent": min(100, 100 * job.done // job.total) if job.total else 0,
        "can": _can(job, request),
        "log": [(at.replace("T", " ").removesuffix("+00:00"), words) for at, words in job.log],
        "live_url": reverse("admin:core_bulkjob_live", args=[job.pk]),
    }
    if job.kind == BulkKind.EXPORT and job.state == BulkState.DONE and job.file and may_fetch(job):
        token = sign_link(job, request.user.pk)
        context["download_url"] = reverse("admin:core_bulkjob_download", args=[token])
    if job.kind == BulkKind.IMPORT and job.step != BulkStep.READ and request.user.has_perm(IMPORT):
        context["results"] = [
            {"outcome": outcome, "rows": some_rows(job, outcome, most=ROWS_SHOWN),
             "count": getattr(job, outcome.value)}
            for outcome in OUTCOMES
            if getattr(job, outcome.value)
        ]  # fmt: skip
    return context


def _can(job: BulkJob, request: HttpRequest) -> dict[str, bool]:
    """Which buttons there are."""
    if not request.user.has_perm(IMPORT if job.kind == BulkKind.IMPORT else EXPORT):
        return {}
    resting = job.state in (BulkState.PAUSED, BulkState.FAILED, BulkState.CANCELLED)
    return {
        "write": job.state == BulkState.CHECKED,
        "columns": job.state in (BulkState.CHECKED, BulkState.FAILED, BulkState.CANCELLED)
        and job.step != BulkStep.WRITE
        and bool(job.file),
        "pause": job.state in AT_WORK,
        "resume": resting and (job.kind == BulkKind.EXPORT or bool(job.columns)),
        "cancel": job.state in (*AT_WORK, BulkState.PAUSED, BulkState.CHECKED),
    }


def _plain(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in name)[:80]
