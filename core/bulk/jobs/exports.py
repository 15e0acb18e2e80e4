"""An export, as its person asks for it and fetches it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils import timezone

from core.audit import record_audit
from core.bulk.jobs.log import told
from core.bulk.jobs.ring import ring_after_commit
from core.bulk.targets import Target, by_name, target_called
from core.enums import BulkFormat, BulkKind, BulkState, BulkStep
from core.errors import Conflict, Invalid, NotFound, PermissionRefused
from core.identity import Role, acting_as_system, current_identity
from core.models import BulkJob, BulkMapping

MAY_EXPORT = {Role.ADMIN, Role.MANAGER, Role.AGENT, Role.SYSTEM}
LINK_SECONDS = 600
SALT = "tradewind.bulk.download"
MOST_IDS = 10_000
OF_LISTS = ("list", "ids")  # options every target knows: an admin list's address, chosen rows


def open_export(
    *, target: str, columns: Sequence[str] = (), options: Mapping[str, Any] | None = None,
    format: str = BulkFormat.CSV, mapping: BulkMapping | None = None,
) -> BulkJob:  # fmt: skip
    """Ask for a file of what the caller may see; all columns unless some are named.

    Raises PermissionRefused for roles that take nothing out, Invalid naming an unknown column,
    option or format, NotFound for a target nobody knows.
    """
    known = target_called(target)
    identity = current_identity()
    if identity.role not in MAY_EXPORT:
        raise PermissionRefused("Your role takes no files out.")
    given = {name: value for name, value in (options or {}).items() if value not in ("", None)}
    with transaction.atomic():
        check_export(known, columns, given, format)
        chosen = list(columns) or [column.name for column in known.columns()]
    with acting_as_system("export"), transaction.atomic():
        job = BulkJob(
            kind=BulkKind.EXPORT, target=target, step=BulkStep.EXPORT, state=BulkState.QUEUED,
            user_id=identity.user_id, role=identity.role.value, format=format, columns=chosen,
            options=given, mapping=mapping,
            file_name=f"{target}-{timezone.now():%Y-%m-%d-%H%M}.{format}",
        )  # fmt: skip
        job.log = told(job, "Asked for.")
        job.save(force_insert=True)
        record_audit(
            action="bulk.export", resource=job,
            details={"target": target, "columns": len(chosen), "options": sorted(given)},
        )  # fmt: skip
        ring_after_commit()
    return job


def check_export(
    target: Target, columns: Sequence[str], options: Mapping[str, Any], format: str
) -> None:
    """Raises Invalid naming what cannot be meant."""
    known = by_name(target.columns())
    wrong: dict[str, list[str]] = {
        str(name)[:60]: [f"No column of {target.label}."] for name in columns if name not in known
    }
    if not target.exports:
        wrong["target"] = ["Not exported."]
    if format not in BulkFormat.values:
        wrong["format"] = [f"One of: {', '.join(BulkFormat.values)}."]
    names = {option.name for option in target.export_options()} | set(OF_LISTS)
    for name in options:
        if name not in names:
            wrong[name] = ["Not an option."]
    if len(options.get("ids", [])) > MOST_IDS:
        wrong["ids"] = [f"At most {MOST_IDS:,}; choose by a filter."]
    if wrong:
        name, reasons = next(iter(wrong.items()))
        raise Invalid(f"{name}: {reasons[0]}", details=wrong)
    target.chosen(options)  # a time or a status that cannot be meant speaks up here


def sign_link(job: BulkJob, user_id: UUID | None) -> str:
    """A token that opens the file for this person and for a few minutes."""
    return signing.dumps([str(job.pk), str(user_id)], salt=SALT)


def job_of_link(token: str, user_id: UUID | None) -> BulkJob:
    """The export whose file may be handed to this person now, noted in the audit trail.

    Raises NotFound for a token that is false, old or another person's; Conflict when the file
    is gone.
    """
    try:
        job_id, for_user = signing.loads(token, salt=SALT, max_age=timedelta(seconds=LINK_SECONDS))
    except signing.BadSignature:
        raise NotFound("This link is not valid any more. Open the export's page again.") from None
    if for_user != str(user_id) or user_id is None:
        raise NotFound("This link was made for somebody else.")
    with transaction.atomic():
        job = BulkJob.objects.filter(pk=job_id, kind=BulkKind.EXPORT).first()  # policies hold
        if job is None:
            raise NotFound("There is no such export.")
        if job.state != BulkState.DONE or not job.file:
            raise Conflict("The file is gone; export again.")
        if not may_fetch(job):
            raise PermissionRefused("This export is somebody else's.")
        record_audit(action="bulk.download", resource=job, details={"target": job.target})
    return job


def may_fetch(job: BulkJob) -> bool:
    """Whoever asked for it; and admins, who see everything it can hold."""
    identity = current_identity()
    return identity.user_id is not None and (
        job.user_id == identity.user_id or identity.role == Role.ADMIN
    )
