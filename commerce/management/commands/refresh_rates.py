"""`manage.py refresh_rates [--history]`: exchange rates from the European Central Bank, now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from commerce.schedule import RATES, RATES_HISTORY
from commerce.services.rates.refresh import watched
from core.enums import RunState
from core.schedule import run_by_hand


class Command(BaseCommand):
    """Runs the scheduled job by hand, so that its run stands among the others."""

    help = "Fetches exchange rates from the European Central Bank and fills in waiting orders."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--history", action="store_true", help="everything since 1999, not only what is missing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Fetch, and say how it came out."""
        console = Console(highlight=False)
        with _progress(console) as progress:
            tasks: dict[str, TaskID] = {}

            def watch(what: str, done: int, total: int) -> None:
                if what not in tasks:
                    tasks[what] = progress.add_task(what, total=None)
                progress.update(tasks[what], completed=done, total=total or None)

            with watched(watch):
                run = run_by_hand(RATES_HISTORY if options["history"] else RATES)
        if run.state == RunState.FAILED:
            raise CommandError(run.error)
        console.print(_said(run.result))
        for problem in run.result.get("problems", []):
            console.print(f"  left out: {problem}")


def _said(result: dict[str, Any]) -> str:
    filled = f"{result['filled_in']:,} orders filled in."
    if not result["file"]:
        return f"The rates are up to date. {filled}"
    said = (
        f"{result['file']}, {result['from']} to {result['to']}: {result['new']:,} new rates, "
        f"{result['corrected']:,} of them corrections. {filled}"
    )
    if result["held"]:
        said += f" {result['held']:,} are held for review: Admin, Exchange rates."
    return said


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
        console=console,
    )
