"""`manage.py import_orders FILE --format online-retail`: a real shop's history."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from commerce.imports.history import begin, orders_of, write_report
from commerce.imports.online_retail import NAME
from core.bulk.terminal import work_here
from core.enums import BulkState
from core.errors import DomainError
from core.identity import acting_as_system


class Command(BaseCommand):
    """The general importer with the ledger's saved mapping; may be killed and started again."""

    help = "Brings orders, customers and products of another shop in. Nobody is mailed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path, help="CSV, plain or gzip")
        parser.add_argument("--format", choices=[NAME], required=True)
        parser.add_argument(
            "--from-start", action="store_true", help="look at every order again, not only the rest"
        )
        parser.add_argument("--report", type=Path, help="where to write what was decided (CSV)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import one file."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        console, quiet = Console(), options["verbosity"] == 0
        try:
            with acting_as_system("import_orders"):
                job = begin(path, from_start=options["from_start"])
                known_before = job.state == BulkState.DONE
                if not known_before:
                    job = work_here(job.pk, console, quiet=quiet)
                if job.state != BulkState.DONE:
                    raise CommandError(job.error or f"The import {job.get_state_display()}.")
                report = options["report"] or _report_path(job.sha256)
                write_report(job, report)
                new, known = orders_of(job)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        if quiet:
            return
        if known_before:
            console.print("This file was brought in before; --from-start looks at it again.")
        else:
            console.print(
                f"{new:,} orders new, {known:,} known; "
                f"{job.total:,} rows read, {job.refused:,} left out."
            )
        console.print(f"What was decided about odd rows: {report}")


def _report_path(digest: str) -> Path:
    return Path(settings.DATA_DIR) / "imports" / f"{NAME}-{digest[:12]}-report.csv"
