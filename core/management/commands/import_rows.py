"""`manage.py import_rows products FILE --mapping NAME [--dry-run]`: a file in, with a bar."""

import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from rich.console import Console

from core.bulk.jobs.imports import apply_mapping, begin_check, begin_write, open_import
from core.bulk.jobs.results import differences, refused_rows
from core.bulk.jobs.steering import resume
from core.bulk.targets import TARGETS
from core.bulk.terminal import work_here, write_lines
from core.enums import BulkKind, BulkState
from core.errors import DomainError
from core.identity import acting_as_system
from core.models import BulkJob, BulkMapping

RESUMABLE = (BulkState.QUEUED, BulkState.RUNNING, BulkState.PAUSED, BulkState.FAILED)


class Command(BaseCommand):
    """Upload, try, write: as the admin does it, by the same services."""

    help = "Brings products, customers or orders in from a CSV or XLSX file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("target", choices=sorted(t.name for t in TARGETS.values() if t.imports))
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", help="a saved mapping; else headings are understood")
        parser.add_argument("--map", action="append", default=[], metavar="HEADING=FIELD")
        parser.add_argument("--set", action="append", default=[], metavar="OPTION=VALUE")
        parser.add_argument("--encoding", default="")
        parser.add_argument("--delimiter", default="")
        parser.add_argument("--sheet", default="")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")
        parser.add_argument("--errors", type=Path, help="where to write refused rows (CSV)")
        parser.add_argument("--diff", type=Path, help="where to write what each row changes (CSV)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring one file in; the same file again goes on where it was cut."""
        if not options["file"].is_file():
            raise CommandError(f"There is no file {options['file']}.")
        console = Console()
        quiet = options["verbosity"] == 0
        try:
            with acting_as_system("import_rows"):
                job = _earlier(options) or _begin(options)
                job = work_here(job.pk, console, quiet=quiet)
                if job.state == BulkState.CHECKED and not options["dry_run"]:
                    begin_write(job_id=job.pk)
                    job = work_here(job.pk, console, quiet=quiet)
                _results(job, options)
        except DomainError as refusal:
            reasons = [f"{name}: {' '.join(map(str, texts))}" for name, texts in
                       refusal.details.items() if isinstance(texts, list)]  # fmt: skip
            raise CommandError("\n".join(dict.fromkeys([refusal.message, *reasons]))) from None
        if not quiet:
            _tell(console, job)
        if job.state == BulkState.FAILED:
            raise CommandError(job.error)


def _begin(options: dict[str, Any]) -> BulkJob:
    with options["file"].open("rb") as content:
        job = open_import(
            target=options["target"], content=content, file_name=options["file"].name,
            encoding=options["encoding"], delimiter=options["delimiter"].replace("\\t", "\t"),
            sheet=options["sheet"],
        )  # fmt: skip
    columns, given = job.columns, {}
    mapping = _mapping(options)
    if mapping is not None:
        columns, given = apply_mapping(mapping, job.layout["headings"]), dict(mapping.options)
    columns |= _pairs(options["map"], "--map")
    given |= _pairs(options["set"], "--set")
    return begin_check(
        job_id=job.pk, columns={h: name for h, name in columns.items() if name}, options=given,
        mapping=mapping,
    )  # fmt: skip


def _mapping(options: dict[str, Any]) -> BulkMapping | None:
    if not options["mapping"]:
        return None
    with transaction.atomic():
        saved = BulkMapping.objects.filter(kind=BulkKind.IMPORT, target=options["target"])
        found = saved.filter(name=options["mapping"]).first()
        if found is None:
            names = ", ".join(saved.values_list("name", flat=True)) or "none yet"
            raise CommandError(f"No mapping is called {options['mapping']}. There are: {names}.")
    return found


def _pairs(given: list[str], flag: str) -> dict[str, str]:
    pairs = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals:
            raise CommandError(f"{flag} takes NAME=VALUE, not {item!r}.")
        pairs[name] = value
    return pairs


def _earlier(options: dict[str, Any]) -> BulkJob | None:
    """A job of this very file that was cut: it goes on."""
    with options["file"].open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with transaction.atomic():
        found = (
            BulkJob.objects.filter(
                kind=BulkKind.IMPORT, target=options["target"], sha256=digest,
                state__in=RESUMABLE, user_id=None,
            )
            .exclude(file="")
            .order_by("-id")
            .first()
        )  # fmt: skip
    if found is not None and found.state in (BulkState.PAUSED, BulkState.FAILED):
        return resume(job_id=UUID(str(found.pk)))
    return found


def _results(job: BulkJob, options: dict[str, Any]) -> None:
    if options["errors"]:
        write_lines(options["errors"], refused_rows(job))
    if options["diff"]:
        write_lines(options["diff"], differences(job))


def _tell(console: Console, job: BulkJob) -> None:
    console.print(
        f"{job.get_state_display()}: {job.new:,} rows new, {job.changed:,} changed, "
        f"{job.unchanged:,} as they were, {job.refused:,} refused."
    )
    if job.refused:
        console.print("Refused rows with their reasons: --errors FILE, or the job's page.")
