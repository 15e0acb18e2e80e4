"""The way of a file into the shop: upload, say what its columns mean."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core.admin.bulk.page import IMPORT, refused, require, shown, to_job
from core.bulk.files.layout import DELIMITERS, ENCODINGS, Layout
from core.bulk.files.reading import preview
from core.bulk.files.storage import local_copy
from core.bulk.jobs.imports import (
    apply_mapping,
    begin_check,
    keep_mapping,
    lock_job,
    look_again,
    open_import,
)
from core.bulk.limits import max_bytes, max_rows
from core.bulk.targets import TARGETS, Target, target_called
from core.enums import BulkKind, BulkState
from core.errors import Conflict, DomainError, Invalid
from core.models import BulkJob, BulkMapping

SAMPLES = 3


def upload_view(request: HttpRequest) -> HttpResponse:
    """Choose what it is and give the file; it is looked at before anything is kept."""
    require(request, IMPORT)
    if request.method == "POST":
        try:
            file = request.FILES.get("file")
            if file is None:
                raise Invalid("Choose a file first.")
            job = open_import(
                target=request.POST.get("target", ""), content=file, file_name=file.name or "",
                encoding=request.POST.get("encoding", ""),
                delimiter=request.POST.get("delimiter", ""), sheet=request.POST.get("sheet", ""),
            )  # fmt: skip
        except DomainError as refusal:
            refused(request, refusal)
        else:
            return redirect(reverse("admin:core_bulkjob_columns", args=[job.pk]))
    return shown(
        request, "upload.html", "Import a file",
        targets=[target for target in TARGETS.values() if target.imports],
        chosen=request.POST.get("target") or request.GET.get("target", ""),
        encodings=ENCODINGS, delimiters=DELIMITERS, megabytes=max_bytes() // 2**20,
        rows=max_rows(),
    )  # fmt: skip


def columns_view(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """What each column means; the first rows are shown beside it."""
    require(request, IMPORT)
    try:
        job = lock_job(job_id)
        if job.kind != BulkKind.IMPORT or not job.file:
            raise Conflict("The file of this job is gone; upload it again.")
        if request.method == "POST" and "again" in request.POST:
            _look_again(job, request)
            return redirect(request.path)
        if request.method == "POST":
            return to_job(_begin(job, request))
    except DomainError as refusal:
        refused(request, refusal)
        if request.method == "POST":
            return redirect(request.get_full_path())
        return redirect(reverse("admin:core_bulkjob_changelist"))
    return shown(request, "columns.html", f"Columns of {job.file_name}", **_choices(job, request))


def _look_again(job: BulkJob, request: HttpRequest) -> None:
    with local_copy(job.file) as file:
        look_again(
            job_id=job.pk, content=file, encoding=request.POST.get("encoding", ""),
            delimiter=request.POST.get("delimiter", ""), sheet=request.POST.get("sheet", ""),
        )  # fmt: skip


def _begin(job: BulkJob, request: HttpRequest) -> BulkJob:
    """Take the form, remember it under a name when one is given, and have the rows tried."""
    target = target_called(job.target)
    headings = job.layout["headings"]
    columns = {
        heading: request.POST[f"column-{place}"]
        for place, heading in enumerate(headings)
        if request.POST.get(f"column-{place}")
    }
    names = [option.name for option in target.import_options()]
    options = {name: request.POST.get(f"option-{name}", "").strip() for name in names}
    options["empty"] = request.POST.get("option-empty", "keep")
    started = begin_check(job_id=job.pk, columns=columns, options=options)
    if name := request.POST.get("save_as", "").strip():
        mapping = keep_mapping(
            kind=BulkKind.IMPORT, target=job.target, name=name, columns=columns, options=options
        )
        messages.success(request, f"The mapping is kept as {mapping.name}.")
    return started


def _choices(job: BulkJob, request: HttpRequest) -> dict[str, Any]:
    target = target_called(job.target)
    saved = list(BulkMapping.objects.filter(kind=BulkKind.IMPORT, target=job.target))
    wanted = request.GET.get("mapping", "")
    mapping = next((m for m in saved if str(m.pk) == wanted), None)
    layout = Layout(**job.layout)
    columns, options = dict(job.columns), dict(job.options)
    if mapping is not None:
        columns, options = apply_mapping(mapping, layout.headings), dict(mapping.options)
    with local_copy(job.file) as file:
        _, rows = preview(file, layout)
    return {
        "job": job,
        "target": target,
        "layout": layout,
        "saved": saved,
        "mapping": mapping,
        "headings": _headings(layout, rows, columns),
        "fields": [column for column in target.columns() if not column.only_out],
        "options": _options(target, options),
        "empty": options.get("empty", "keep"),
        "rows": rows,
        "encodings": ENCODINGS,
        "delimiters": DELIMITERS,
        "is_draft": job.state == BulkState.DRAFT,
    }


def _headings(
    layout: Layout, rows: list[list[str]], columns: dict[str, str]
) -> list[dict[str, Any]]:
    """Each column with a few of its values and what it is taken for."""
    return [
        {
            "place": place,
            "name": heading,
            "chosen": columns.get(heading, ""),
            "samples": [row[place] for row in rows if place < len(row) and row[place].strip()][
                :SAMPLES
            ],
        }
        for place, heading in enumerate(layout.headings)
    ]


def _options(target: Target, given: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "option": option,
            "value": given.get(option.name, option.default),
            "choices": option.choices() if option.choices else None,
        }
        for option in target.import_options()
    ]
