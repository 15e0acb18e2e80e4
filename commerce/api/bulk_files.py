"""bulk/imports/ and bulk/exports/: files in, tried before they are written, and files out."""

from typing import Any

from django.db import transaction
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.bulk_jobs import visible_job
from commerce.api.bulk_rows import JOBS
from core.api.fields import Input, JsonField, TextField
from core.api.idempotency import idempotent
from core.api.parser import JsonParser
from core.api.views import ApiView
from core.bulk.jobs.exports import open_export
from core.bulk.jobs.imports import apply_mapping, begin_check, keep_mapping, open_import
from core.enums import BulkFormat, BulkKind
from core.errors import Invalid
from core.limits import Limit
from core.models import BulkJob, BulkMapping

FILES_IN = Limit("bulk files", "60/minute")
MOST_COLUMNS = 200
LARGEST = 16 * 2**20  # bytes over HTTP, where a body is held in memory
ROOM = 2**16  # of a form, around its file


class ImportInput(Input):
    """A file, sent as multipart/form-data. How it is written is found out, unless it is said."""

    file = serializers.FileField()
    target = TextField(max_length=40)
    encoding = TextField(max_length=20, required=False, allow_blank=True, default="")
    delimiter = TextField(
        max_length=5, required=False, allow_blank=True, default="", trim_whitespace=False
    )
    sheet = TextField(max_length=100, required=False, allow_blank=True, default="")


class CheckInput(Input):
    """What its columns mean: heading to field, or a saved mapping's name; and the options.

    Neither: as the draft suggests. `save_as` keeps the mapping under a name.
    """

    columns = JsonField(required=False, default=None)
    mapping = TextField(max_length=80, required=False, allow_blank=True, default="")
    options = JsonField(required=False, default=None)
    save_as = TextField(max_length=80, required=False, allow_blank=True, default="")


class ExportInput(Input):
    """Which rows, which columns of them (none: all), in which format."""

    target = TextField(max_length=40)
    columns = serializers.ListField(
        child=TextField(max_length=100), required=False, max_length=MOST_COLUMNS, default=list
    )
    options = JsonField(required=False, default=None)
    format = serializers.ChoiceField(
        choices=BulkFormat.choices, required=False, default=BulkFormat.CSV
    )


class ImportsView(ApiView):
    """Take a file in. Nothing is tried or written yet: the answer is a draft with the columns it
    seems to have. `check/` has every row tried, `steps/` has them written. Larger files than 16 MB
    go through the admin or `manage.py import_rows`."""

    scopes = {"POST": "bulk:import"}
    atomic = False  # the file is read and kept without a transaction
    parser_classes = [MultiPartParser, JsonParser]
    max_body_bytes = LARGEST + ROOM
    input = {"POST": ImportInput}
    output = {"POST": (201, JOBS)}

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """400 for what is no table, or a trap."""
        FILES_IN.spend(str(request.user.pk))
        given = self.valid()
        upload = given["file"]
        job = open_import(
            target=given["target"],
            content=upload,
            file_name=upload.name or "file",
            encoding=given["encoding"],
            delimiter=given["delimiter"],
            sheet=given["sheet"],
        )
        return Response(_shown(job), status=status.HTTP_201_CREATED)


class CheckView(ApiView):
    """A dry run: every row is tried as it would be written, and taken back."""

    scopes = {"POST": "bulk:import"}
    input = {"POST": CheckInput}
    output = {"POST": (200, JOBS)}

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """400 names columns that are missing or named twice, 409 a job at work."""
        given = self.valid()
        job = visible_job(kwargs["id"])
        saved = _saved(job, given["mapping"])
        columns = _texts(given["columns"], "columns")
        if saved is not None:
            columns = apply_mapping(saved, job.layout.get("headings", []))
        elif columns is None:
            columns = dict(job.columns)
        options = _texts(given["options"], "options")
        if options is None:
            options = dict(saved.options) if saved else {}
        begin_check(job_id=job.pk, columns=columns, options=options, mapping=saved)
        if given["save_as"]:
            keep_mapping(
                kind=BulkKind.IMPORT, target=job.target, name=given["save_as"], columns=columns,
                options=options,
            )  # fmt: skip
        return Response(_shown(job))


class ExportsView(ApiView):
    """Ask for a file of what the caller may see; `jobs/{id}/file/` has it when it is done."""

    scopes = {"POST": "bulk:export"}
    input = {"POST": ExportInput}
    output = {"POST": (201, JOBS)}

    @idempotent
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """400 names an unknown column, option or format."""
        given = self.valid()
        job = open_export(
            target=given["target"],
            columns=given["columns"],
            options=_texts(given["options"], "options") or {},
            format=given["format"],
        )
        return Response(_shown(job), status=status.HTTP_201_CREATED)


def _shown(job: BulkJob) -> dict[str, Any]:
    with transaction.atomic():
        return JOBS.one(BulkJob.objects.filter(pk=job.pk))


def _saved(job: BulkJob, name: str) -> BulkMapping | None:
    if not name:
        return None
    saved = BulkMapping.objects.filter(kind=BulkKind.IMPORT, target=job.target, name=name).first()
    if saved is None:
        raise Invalid(
            "No such mapping.", details={"mapping": [f"None of {job.target} is called so."]}
        )
    return saved


def _texts(given: Any, name: str) -> dict[str, str] | None:
    """An object of texts, or nothing. Raises Invalid."""
    if given is None:
        return None
    if (
        not isinstance(given, dict)
        or len(given) > MOST_COLUMNS
        or not all(isinstance(value, str) for value in given.values())
    ):
        raise Invalid("Give an object of texts.", details={name: ["An object of texts."]})
    return given
