"""`manage.py job NAME`: a scheduled job by hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.enums import RunState
from core.errors import NotFound
from core.schedule import JOBS, run_by_hand


class Command(BaseCommand):
    """Run one job now and say how it went; without a name, list the jobs."""

    help = "Runs a scheduled job now. Without a name: lists the jobs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("name", nargs="?", help="the job")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        if not options["name"]:
            for job in sorted(JOBS.values(), key=lambda job: job.name):
                self.stdout.write(f"{job.name:<32} {job.purpose}")
            return
        try:
            run = run_by_hand(options["name"])
        except NotFound as error:
            raise CommandError(error.message) from error
        if run.state == RunState.FAILED:
            raise CommandError(f"{run.job} failed: {run.error}")
        self.stdout.write(f"{run.job} is done. {run.result or ''}".rstrip())
