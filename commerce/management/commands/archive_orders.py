"""manage.py archive_orders: orders closed long ago leave the lists."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.progress import Progress

from commerce.services.orders.archive import CLOSED_FOR, archive_orders, count_due


class Command(BaseCommand):
    help = "Archive orders that were closed long ago; lists leave them out, search finds them."

    def add_arguments(self, parser: CommandParser) -> None:
        """How long, and whether to look only."""
        parser.add_argument("--days", type=int, default=CLOSED_FOR.days, help="closed for so many")
        parser.add_argument("--dry-run", action="store_true", help="say how many, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, then archive in batches."""
        closed_for = timedelta(days=max(1, options["days"]))
        due = count_due(closed_for=closed_for)
        if options["dry_run"]:
            self.stdout.write(f"{due} orders would be archived.")
            return
        done = 0
        with Progress(transient=True) as bar:
            task = bar.add_task("Orders", total=due)
            for took in archive_orders(closed_for=closed_for):
                done += took
                bar.update(task, completed=done)
        self.stdout.write(f"{done} orders archived.")
