"""`manage.py reconcile [--gateway G] [--from D --to D]`: our book against the gateways' lists."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from core.errors import DomainError
from payments.enums import GatewayName
from payments.house import as_house
from payments.models import Difference, DifferenceState, ReconciliationRun
from payments.services.reconcile.asking import ask_about_open
from payments.services.reconcile.book import unexplained_money
from payments.services.reconcile.gateways import all_set_up
from payments.services.reconcile.run import reconcile

MOST_SHOWN = 50


class Command(BaseCommand):
    """Ask about open attempts, compare, mend what is safe, and say what is left."""

    help = "Compares our book with the gateways' own lists and mends what is safe to mend."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--gateway", choices=GatewayName.values, help="only this one")
        parser.add_argument("--from", dest="since", help="2026-11-01, or with a time; UTC")
        parser.add_argument("--to", dest="until", help="up to, not including")

    def handle(self, *args: Any, **options: Any) -> None:
        """One gateway after the other; one that fails does not stop the others."""
        since, until = _moment(options["since"]), _moment(options["until"])
        names = [options["gateway"]] if options["gateway"] else list(all_set_up())
        if not names:
            raise CommandError("No gateway has a key; see .env.example.")
        console = Console(highlight=False)
        failed = []
        with _progress(console) as progress:
            for name in names:
                asked = progress.add_task(f"{name}: asking about open payments", total=None)
                done = ask_about_open(gateway=name)
                told = "{asked} open asked about, {moved} moved, {failed} without an answer"
                progress.update(asked, description=f"{name}: {told.format(**done)}", total=1)
                watch = _Watch(progress, name)
                try:
                    run = reconcile(gateway=name, since=since, until=until, progress=watch)
                except DomainError as error:
                    failed.append(f"{name}: {error.message}")
                else:
                    watch.end(run)
        self._summary(console)
        if failed:
            raise CommandError("\n".join(failed))

    def _summary(self, console: Console) -> None:
        """Open differences, and the money nobody accounts for."""
        with as_house("reconcile"), transaction.atomic():
            rows = Difference.objects.filter(state=DifferenceState.OPEN).order_by("-id")
            shown, number = list(rows[:MOST_SHOWN]), rows.count()
            money = unexplained_money()
        if not number:
            console.print("No open differences. Unexplained money: none.")
            return
        table = Table("Gateway", "What", "Name", "Theirs", "Ours", "Mend")
        for row in shown:
            table.add_row(
                row.gateway, row.get_kind_display(), row.ref, row.theirs, row.ours, row.proposal
            )
        console.print(table)
        if number > len(shown):
            console.print(f"... and {number - len(shown)} more, see the admin.")
        for gateway, amounts in money.items():
            console.print(f"Unexplained at {gateway}: {', '.join(map(str, amounts))}")


class _Watch:
    """Shows how far each part of one gateway's run is."""

    def __init__(self, progress: Progress, gateway: str) -> None:
        self._progress, self._gateway = progress, gateway
        self._tasks: dict[str, Any] = {}

    def __call__(self, what: str, count: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(f"{self._gateway}: {what}", total=None)
        self._progress.advance(self._tasks[what], count)

    def end(self, run: ReconciliationRun) -> None:
        """The parts are done; how it came out."""
        for task in self._tasks.values():
            self._progress.update(task, total=self._progress.tasks[task].completed or 1)
        said = f"{run.lines} lines, {run.found} differences, {run.mended} mended, {run.gone} gone"
        done = self._progress.add_task(f"{self._gateway}: {said}", total=1)
        self._progress.update(done, completed=1)


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
        console=console,
    )


def _moment(written: str | None) -> datetime | None:
    """A date or a time, UTC. Raises CommandError."""
    if not written:
        return None
    try:
        found = parse_datetime(written) or _midnight(written)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"{written} is no date. Write 2026-11-01 or 2026-11-01T08:00.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _midnight(written: str) -> datetime | None:
    day = parse_date(written)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
