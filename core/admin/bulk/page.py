"""What the pages of imports and exports have in common."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from core.errors import DomainError
from core.models import BulkJob

IMPORT, EXPORT, VIEW = "core.import_bulkjob", "core.export_bulkjob", "core.view_bulkjob"
LIST = "admin:core_bulkjob_changelist"


def require(request: HttpRequest, permission: str) -> None:
    """Raises PermissionDenied."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


def shown(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    """A page in the admin's frame."""
    frame = admin.site.each_context(request)
    return TemplateResponse(request, f"core/bulk/{template}", frame | {"title": title} | context)


def refused(request: HttpRequest, refusal: DomainError) -> None:
    """The refusal's own sentence, and the reasons it does not name."""
    messages.error(request, refusal.message)
    for name, reasons in refusal.details.items():
        if isinstance(reasons, list):
            for reason in reasons[:3]:
                if isinstance(reason, str) and reason not in refusal.message:
                    messages.error(request, f"{name}: {reason}")


def to_job(job: BulkJob) -> HttpResponse:
    """The page of one job."""
    return redirect(reverse("admin:core_bulkjob_change", args=[job.pk]))
