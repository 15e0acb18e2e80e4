"""Taking rows out: which columns, which rows, which format; and fetching the file."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from core.admin.bulk.page import EXPORT, LIST, refused, require, shown, to_job
from core.bulk.download import file_of
from core.bulk.jobs.exports import job_of_link, open_export
from core.bulk.jobs.imports import keep_mapping
from core.bulk.targets import TARGETS, Target, target_called
from core.enums import BulkFormat, BulkKind
from core.errors import DomainError
from core.models import BulkMapping


def export_view(request: HttpRequest) -> HttpResponse:
    """The form, and asking for the file."""
    require(request, EXPORT)
    given = request.POST if request.method == "POST" else request.GET
    try:
        target = target_called(given.get("target") or next(iter(TARGETS)))
        if request.method == "POST" and "begin" in request.POST:
            return to_job(_begin(target, request))
    except DomainError as refusal:
        refused(request, refusal)
        return redirect(reverse(LIST))
    return export_form(request, target)


def export_form(request: HttpRequest, target: Target, **chosen: Any) -> HttpResponse:
    """The form for one target; `chosen` is "ids" or "list" of the rows that were picked."""
    if not chosen and request.GET.get("list") is not None:
        chosen = {"list": request.GET["list"]}
    saved = list(BulkMapping.objects.filter(kind=BulkKind.EXPORT, target=target.name))
    mapping = next((m for m in saved if str(m.pk) == request.GET.get("mapping")), None)
    picked = set(mapping.columns) if mapping else None
    return shown(
        request, "export.html", f"Export {target.label.lower()}",
        target=target, targets=[t for t in TARGETS.values() if t.exports],
        columns=[(c, picked is None or c.name in picked) for c in target.columns()],
        options=[(o, o.choices() if o.choices else None) for o in target.export_options()],
        formats=BulkFormat.choices, saved=saved, mapping=mapping,
        ids=[str(pk) for pk in chosen.get("ids", [])], list=chosen.get("list"),
    )  # fmt: skip


def _begin(target: Target, request: HttpRequest) -> Any:
    options: dict[str, Any] = {
        option.name: request.POST.get(f"option-{option.name}", "").strip()
        for option in target.export_options()
    }
    if ids := request.POST.getlist("ids"):
        options["ids"] = ids
    if request.POST.get("list") is not None:
        options["list"] = request.POST["list"]
    columns = request.POST.getlist("columns")
    job = open_export(
        target=target.name, columns=columns, options=options,
        format=request.POST.get("format", BulkFormat.CSV),
    )  # fmt: skip
    if name := request.POST.get("save_as", "").strip():
        mapping = keep_mapping(
            kind=BulkKind.EXPORT, target=target.name, name=name, columns=columns, options={}
        )
        messages.success(request, f"The choice of columns is kept as {mapping.name}.")
    return job


def download_view(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file, for the person the link was made for, while the link is young."""
    require(request, EXPORT)
    try:
        job = job_of_link(token, request.user.pk)
    except DomainError as refusal:
        refused(request, refusal)
        return redirect(reverse(LIST))
    return file_of(job)
