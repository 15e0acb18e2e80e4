"""The file of an export: as an answer, and by a link that the API has told, which is a secret and
good for some minutes."""

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from core.audit import record_audit
from core.bulk.files.storage import private
from core.bulk.jobs.exports import LINK_SECONDS
from core.enums import BulkFormat, BulkKind, BulkState
from core.identity import acting_as_system
from core.models import BulkJob

SALT = "tradewind.bulk.link"
TYPES = {
    BulkFormat.CSV: "text/csv; charset=utf-8",
    BulkFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
GONE = "This link is not valid any more, or the file is gone."


def link_to(job: BulkJob) -> str:
    """The whole address. Whoever asks for it was let in already."""
    path = reverse("bulk-file", args=[signing.dumps(str(job.pk), salt=SALT)])
    return f"{settings.BASE_URL}{path}"


@transaction.non_atomic_requests
def download(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file; each fetching is noted in the audit trail."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    job = _job_of(token)
    if job is None:
        return HttpResponse(GONE, status=404, content_type="text/plain")
    return file_of(job)


def file_of(job: BulkJob) -> HttpResponseBase:
    """An export's file as an answer that nobody keeps; who may have it was asked before."""
    answer: HttpResponseBase = FileResponse(
        private().open(job.file, "rb"),
        as_attachment=True,
        filename=job.file_name,
        content_type=TYPES[BulkFormat(job.format)],
    )
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _job_of(token: str) -> BulkJob | None:
    try:
        job_id = signing.loads(token, salt=SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        return None
    with acting_as_system("a link to an export"), transaction.atomic():
        found = BulkJob.objects.filter(pk=job_id, kind=BulkKind.EXPORT, state=BulkState.DONE)
        job = found.exclude(file="").first()
        if job is not None:
            record_audit(
                action="bulk.download",
                resource=job,
                details={"target": job.target, "asked_by": str(job.user_id)},
            )
        return job
