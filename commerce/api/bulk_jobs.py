"""bulk/: jobs that bring files in or take them out, how far they are, what became of each row."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.bulk_rows import FILE_SCHEMA, JOBS, MAPPINGS, ROWS_OF_FILE, TARGETS_SCHEMA
from core.api.fields import Input, TextField
from core.api.lists import DetailView, ListView
from core.api.permissions import must_hold
from core.api.views import ApiView
from core.bulk.download import link_to
from core.bulk.jobs.exports import LINK_SECONDS, may_fetch
from core.bulk.jobs.imports import begin_write, may_import
from core.bulk.jobs.steering import cancel, pause, resume
from core.bulk.targets import TARGETS, Option
from core.enums import BulkKind, BulkState
from core.errors import Conflict, Invalid, NotFound, PermissionRefused
from core.identity import Role, current_identity
from core.models import BulkJob, BulkMapping, BulkRow

READ = {"GET": "bulk:read"}
STEPS = {"write": begin_write, "pause": pause, "resume": resume, "cancel": cancel}


def visible_job(job_id: UUID) -> BulkJob:
    """As the caller sees it. Raises NotFound."""
    job = BulkJob.objects.filter(pk=job_id).first()
    if job is None:
        raise NotFound("There is no such job, or it is not yours to see.")
    return job


def steerable_job(job_id: UUID) -> BulkJob:
    """One the caller may stop and go on with. Raises NotFound, PermissionRefused."""
    job = visible_job(job_id)
    if job.kind == BulkKind.IMPORT:
        may_import()
    elif not may_fetch(job) and current_identity().role != Role.MANAGER:
        raise PermissionRefused("This export is somebody else's.")
    return job


class JobsView(ListView):
    """Imports and exports the caller may see, the newest first."""

    scopes = READ
    rows = JOBS
    filters = {"kind": "kind", "target": "target", "state": "state", "created_at": "created_at"}
    ordering = ("created_at",)
    default_ordering = "-created_at"

    def queryset_for(self, request: Request) -> QuerySet[BulkJob]:
        """An agent's are their own exports."""
        return BulkJob.objects.all()


class JobView(DetailView):
    """One job: `done` of `total`, what came of its rows, and why it failed."""

    scopes = READ
    rows = JOBS

    def queryset_for(self, request: Request) -> QuerySet[BulkJob]:
        """All the database shows."""
        return BulkJob.objects.all()


class JobRowsView(ListView):
    """The rows of an imported file: what each would do or did, or why it was refused."""

    scopes = READ
    rows = ROWS_OF_FILE
    filters = {"outcome": "outcome"}
    ordering = ("number",)
    default_ordering = "number"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A job the caller cannot see has none, which is not an empty list."""
        visible_job(kwargs["id"])
        return super().get(request, *args, **kwargs)

    def queryset_for(self, request: Request) -> QuerySet[BulkRow]:
        """Of the job in the path."""
        return BulkRow.objects.filter(job_id=self.kwargs["id"])


class JobStepInput(Input):
    """`write` what was checked, `pause`, `resume` or `cancel`."""

    to = TextField(max_length=20)


class JobStepsView(ApiView):
    """Have a job written, stopped, or go on."""

    scopes = {"POST": ("bulk:import", "bulk:export")}
    input = {"POST": JobStepInput}
    output = {"POST": (200, JOBS)}

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """409 says why it cannot be: a file is checked before it is written."""
        to = self.valid()["to"]
        if to not in STEPS:
            raise Invalid("No such step.", details={"to": [f"One of: {', '.join(STEPS)}."]})
        job = steerable_job(kwargs["id"])
        must_hold(request, f"bulk:{job.kind}")  # as whoever starts one
        job = STEPS[to](job_id=job.pk)
        return Response(JOBS.one(BulkJob.objects.filter(pk=job.pk)))


class JobFileView(ApiView):
    """A link to an export's file, for some minutes: a secret, as who has it has the file."""

    scopes = {"GET": "bulk:export"}
    output = {"GET": FILE_SCHEMA}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """409 while it is not ready, or when it is gone."""
        job = visible_job(kwargs["id"])
        if job.kind != BulkKind.EXPORT or not may_fetch(job):
            raise PermissionRefused("Only an export's own person fetches it.")
        if job.state != BulkState.DONE or not job.file:
            raise Conflict(f"This export is {job.get_state_display().lower()}: no file is there.")
        return Response({"url": link_to(job), "file_name": job.file_name, "seconds": LINK_SECONDS})


class MappingsView(ListView):
    """What columns mean, saved under names."""

    scopes = READ
    rows = MAPPINGS
    filters = {"kind": "kind", "target": "target", "name": "name"}
    ordering = ("name",)
    default_ordering = "name"

    def queryset_for(self, request: Request) -> QuerySet[BulkMapping]:
        """All of them."""
        return BulkMapping.objects.all()


class TargetsView(ApiView):
    """What can be brought in and taken out, with the columns and options each has now."""

    scopes = READ
    output = {"GET": TARGETS_SCHEMA}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Custom fields and currencies are among the columns."""
        return Response(
            [
                {
                    "target": target.name,
                    "imports": target.imports,
                    "exports": target.exports,
                    "columns": [
                        {"name": one.name, "label": one.label, "required": one.required,
                         "only_out": one.only_out, "help": one.help}
                        for one in target.columns()
                    ],
                    "import_options": _options(target.import_options() if target.imports else []),
                    "export_options": _options(target.export_options() if target.exports else []),
                }
                for target in TARGETS.values()
            ]
        )  # fmt: skip


def _options(options: list[Option]) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "label": one.label, "help": one.help, "required": one.required}
        for one in options
    ]
