"""An import, as its person sees it: upload, say what the columns mean, try, write, or stop."""

from collections.abc import Mapping
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.audit import record_audit
from core.bulk.columns import suggest
from core.bulk.files.layout import find_layout
from core.bulk.files.reading import preview
from core.bulk.files.storage import forget, keep
from core.bulk.jobs.log import told
from core.bulk.jobs.ring import ring_after_commit
from core.bulk.jobs.staging import ANEW
from core.bulk.targets import Target, by_name, target_called
from core.enums import BulkKind, BulkState, BulkStep
from core.errors import Conflict, Invalid, NotFound, PermissionRefused
from core.identity import Role, acting_as_system, current_identity
from core.ids import new_id
from core.models import BulkJob, BulkMapping

MAY_IMPORT = {Role.ADMIN, Role.MANAGER, Role.SYSTEM}
SETTABLE = (BulkState.DRAFT, BulkState.CHECKED, BulkState.FAILED, BulkState.CANCELLED)


def open_import(
    *, target: str, content: IO[bytes], file_name: str, encoding: str = "", delimiter: str = "",
    sheet: str = "",
) -> BulkJob:  # fmt: skip
    """Take a file in and look at it: a draft with the columns it seems to have.

    Raises UnreadableFile (Invalid) for what is no table or a trap, NotFound for a target nobody
    knows, PermissionRefused for who may not import.
    """
    known = _importable(target)
    may_import()
    layout = find_layout(content, encoding=encoding, delimiter=delimiter, sheet=sheet)
    layout.headings, _ = preview(content, layout)
    identity = current_identity()
    job_id = new_id()
    name, digest, size = keep(content, job_id=job_id, suffix=f".{layout.format}")
    try:
        with acting_as_system("import"), transaction.atomic():
            job = BulkJob(
                id=job_id, kind=BulkKind.IMPORT, target=target, step=BulkStep.READ,
                user_id=identity.user_id, role=identity.role.value, file=name,
                file_name=file_name[-200:], format=layout.format, sha256=digest, size=size,
                layout=layout.as_json(), columns=suggest(layout.headings, known.columns()),
            )  # fmt: skip
            job.log = told(job, f"{file_name} came in, {size:,} bytes.")
            job.save(force_insert=True)
            record_audit(action="bulk.upload", resource=job, details={"target": target})
    except BaseException:
        forget(name)
        raise
    return job


def may_import() -> None:
    """Raises PermissionRefused unless the caller brings in for the whole house."""
    if current_identity().role not in MAY_IMPORT:
        raise PermissionRefused("Only managers and admins bring files in.")


def _importable(name: str) -> Target:
    target = target_called(name)
    if not target.imports:
        raise Invalid(f"{target.label} cannot be imported.", details={"target": ["Not imported."]})
    return target


def look_again(*, job_id: UUID, content: IO[bytes], encoding: str, delimiter: str, sheet: str) -> (
    BulkJob
):  # fmt: skip
    """Read the same file another way. Raises UnreadableFile, Conflict once it was begun."""
    layout = find_layout(content, encoding=encoding, delimiter=delimiter, sheet=sheet)
    layout.headings, _ = preview(content, layout)
    with acting_as_system("import"), transaction.atomic():
        job = lock_job(job_id)
        if job.state != BulkState.DRAFT:
            raise Conflict("This file was looked at already.")
        job.layout = layout.as_json()
        job.columns = suggest(layout.headings, target_called(job.target).columns())
        job.save(update_fields=["layout", "columns", "updated_at"])
    return job


def begin_check(
    *, job_id: UUID, columns: Mapping[str, str], options: Mapping[str, Any],
    mapping: BulkMapping | None = None, go_on: bool = False,
) -> BulkJob:  # fmt: skip
    """Say what the columns mean and have each row tried; nothing is written yet.

    With `go_on` they are written at once instead. A job that was checked is read anew. Raises
    Invalid naming the columns that are missing or named twice, Conflict while it is at work.
    """
    may_import()
    with acting_as_system("import"), transaction.atomic():
        job = lock_job(job_id)
        if job.kind != BulkKind.IMPORT or job.state not in SETTABLE or job.step == BulkStep.WRITE:
            raise Conflict(f"This job is {job.get_state_display().lower()}.")
        target = target_called(job.target)
        check_columns(target, job, columns)
        given = {name: value for name, value in options.items() if value not in ("", None)}
        check_options(target, given)
        target.check_options(dict(columns), given)
        job.columns, job.mapping = dict(columns), mapping
        job.options = given | ({"go_on": "yes"} if go_on else {})
        _start(job, BulkStep.READ, "Asked to be tried." if not go_on else "Asked to be written.")
    return job


def check_columns(target: Target, job: BulkJob, columns: Mapping[str, str]) -> None:
    """Raises Invalid naming what is unknown, doubled or missing."""
    known = {name: column for name, column in by_name(target.columns()).items()
             if not column.only_out}  # fmt: skip
    wrong: dict[str, list[str]] = {}
    for heading, name in columns.items():
        if heading not in job.layout["headings"]:
            wrong.setdefault(heading, []).append("The file has no such column.")
        if name not in known:
            wrong.setdefault(heading, []).append(f"{name!r} is no field of {target.label}.")
    names = list(columns.values())
    for name in sorted({name for name in names if names.count(name) > 1}):
        wrong.setdefault(name, []).append("Two columns are to be this field.")
    for name, column in known.items():
        if column.required and name not in names:
            wrong.setdefault(name, []).append(f"Say which column holds {column.label}.")
    if wrong:
        first = next(iter(wrong.items()))
        raise Invalid(f"{first[0]}: {first[1][0]}", details=wrong)


def check_options(target: Target, options: Mapping[str, Any]) -> None:
    """Raises Invalid for an option that is unknown, missing or none of its choices."""
    known = {option.name: option for option in target.import_options()}
    wrong = {name: ["Not an option."] for name in options if name not in {*known, "empty"}}
    for name, option in known.items():
        value = options.get(name, "")
        if option.required and not value:
            wrong[name] = [f"{option.label} is needed."]
        elif value and option.choices and value not in {key for key, _ in option.choices()}:
            wrong[name] = [f"{str(value)[:40]!r} is none of the choices."]
    if options.get("empty", "keep") not in ("keep", "clear"):
        wrong["empty"] = ["keep or clear."]
    if wrong:
        name, reasons = next(iter(wrong.items()))
        raise Invalid(f"{name}: {reasons[0]}", details=wrong)


def begin_write(*, job_id: UUID) -> BulkJob:
    """Write what was checked. Raises Conflict unless the job was checked and not yet written."""
    may_import()
    with acting_as_system("import"), transaction.atomic():
        job = lock_job(job_id)
        if job.state != BulkState.CHECKED:
            raise Conflict(f"This job is {job.get_state_display().lower()}; check it first.")
        _start(job, BulkStep.WRITE, "Asked to be written.")
        record_audit(action="bulk.import", resource=job, details={"target": job.target})
    return job


def _start(job: BulkJob, step: BulkStep, sentence: str) -> None:
    job.state, job.step = BulkState.QUEUED, step
    job.done = job.new = job.changed = job.unchanged = job.refused = 0
    job.place = ANEW if step == BulkStep.READ else 0
    job.error, job.finished_at, job.started_at, job.lost_leases = "", None, None, 0
    job.log = told(job, sentence)
    job.save()
    ring_after_commit()


def lock_job(job_id: UUID) -> BulkJob:
    """The job, held until the transaction ends. Raises NotFound."""
    job = BulkJob.objects.select_for_update(of=("self",)).filter(pk=job_id).first()
    if job is None:
        raise NotFound("There is no such job, or it is not yours to see.")
    return job


def keep_mapping(
    *, kind: BulkKind, target: str, name: str, columns: Any, options: Mapping[str, Any]
) -> BulkMapping:
    """Remember a choice of columns under a name; the same name again is written over."""
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise Invalid("Give the mapping a name.", details={"name": ["1 to 80 characters."]})
    with acting_as_system("mapping"), transaction.atomic():
        kept, _ = BulkMapping.objects.update_or_create(
            kind=kind, target=target, name=name,
            defaults={"columns": columns, "options": {k: v for k, v in options.items() if v},
                      "updated_at": timezone.now()},
        )  # fmt: skip
    return kept


def apply_mapping(mapping: BulkMapping, headings: list[str]) -> dict[str, str]:
    """What a saved mapping says of a file's columns; those the file has not are left out."""
    return {h: name for h, name in mapping.columns.items() if h in headings}
