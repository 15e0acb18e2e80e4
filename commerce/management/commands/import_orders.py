"""`manage.py import_orders FILE --format online-retail`: a real shop's history."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from commerce.imports import FORMATS
from commerce.imports.records import UnreadableFile
from commerce.imports.report import write_report
from commerce.imports.runner import BATCH, Result, run_import


class Command(BaseCommand):
    """Reads, writes in batches, reports; may be killed and started again at any time."""

    help = "Brings orders, customers and products of another shop in. Nobody is mailed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=sorted(FORMATS), required=True)
        parser.add_argument("--batch", type=int, default=BATCH, help="orders a transaction")
        parser.add_argument(
            "--from-start", action="store_true", help="look at every order again, not only the rest"
        )
        parser.add_argument("--report", type=Path, help="where to write what was decided (CSV)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import one file."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        if options["batch"] < 1:
            raise CommandError("--batch is one order or more.")
        console = Console(stderr=False)
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=options["verbosity"] == 0,
        )
        with bar:
            task = bar.add_task(f"Orders of {path.name}", total=None)
            try:
                result = run_import(
                    path=path,
                    fmt=FORMATS[options["format"]],
                    batch=options["batch"],
                    from_start=options["from_start"],
                    progress=lambda done, total: bar.update(task, completed=done, total=total),
                )
            except UnreadableFile as error:
                raise CommandError(str(error)) from error
        report = options["report"] or _report_path(result)
        write_report(result.history, report)
        if options["verbosity"]:
            _tell(console, result, report)


def _report_path(result: Result) -> Path:
    folder = Path(settings.DATA_DIR) / "imports"
    return folder / f"{result.run.format}-{result.run.sha256[:12]}-report.csv"


def _tell(console: Console, result: Result, report: Path) -> None:
    history = result.history
    console.print(
        f"{result.orders_new} orders new, {result.orders_known} known, "
        f"{result.began_at} done by an earlier run; "
        f"{history.rows} rows read, {history.left_out} left out."
    )
    console.print(f"What was decided about odd rows: {report}")
