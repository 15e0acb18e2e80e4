"""`manage.py export_rows orders FILE --since …`: a file out, with a bar."""

import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from rich.console import Console

from core.bulk.files.storage import local_copy
from core.bulk.jobs.exports import open_export
from core.bulk.targets import TARGETS
from core.bulk.terminal import work_here
from core.enums import BulkFormat, BulkKind, BulkState
from core.errors import DomainError
from core.identity import acting_as_system
from core.models import BulkMapping


class Command(BaseCommand):
    """As the admin's export, with the eyes of the house."""

    help = "Takes products, customers or orders out into a CSV or XLSX file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("target", choices=sorted(t.name for t in TARGETS.values() if t.exports))
        parser.add_argument("file", type=Path, help="its ending says the format: .csv or .xlsx")
        parser.add_argument("--since", default="")
        parser.add_argument("--until", default="")
        parser.add_argument("--set", action="append", default=[], metavar="OPTION=VALUE")
        parser.add_argument("--columns", default="", help="comma list; else a saved choice, or all")
        parser.add_argument("--mapping", default="", help="a saved choice of columns")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take one file out."""
        path: Path = options["file"]
        format = path.suffix.removeprefix(".").lower()
        if format not in BulkFormat.values:
            raise CommandError("The file's name ends in .csv or .xlsx.")
        given = {name: options[name] for name in ("since", "until") if options[name]}
        for item in options["set"]:
            name, _, value = item.partition("=")
            given[name] = value
        console, quiet = Console(), options["verbosity"] == 0
        try:
            with acting_as_system("export_rows"):
                job = open_export(
                    target=options["target"], columns=_columns(options), options=given,
                    format=format,
                )  # fmt: skip
                job = work_here(job.pk, console, quiet=quiet)
        except DomainError as refusal:
            raise CommandError(refusal.message) from None
        if job.state != BulkState.DONE:
            raise CommandError(job.error or f"The export is {job.get_state_display().lower()}.")
        path.parent.mkdir(parents=True, exist_ok=True)
        with local_copy(job.file) as kept, path.open("wb") as out:
            shutil.copyfileobj(kept, out)
        if not quiet:
            console.print(f"{job.total:,} rows in {path} ({job.size:,} bytes).")


def _columns(options: dict[str, Any]) -> list[str]:
    if options["columns"]:
        return [name.strip() for name in options["columns"].split(",") if name.strip()]
    if not options["mapping"]:
        return []
    with transaction.atomic():
        saved = BulkMapping.objects.filter(
            kind=BulkKind.EXPORT, target=options["target"], name=options["mapping"]
        ).first()
    if saved is None:
        raise CommandError(f"No choice of columns is called {options['mapping']}.")
    return list(saved.columns)
