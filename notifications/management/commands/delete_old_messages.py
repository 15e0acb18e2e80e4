"""`manage.py delete_old_messages [--dry-run]`: what the job at 02:20 does, or would do."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.identity import acting_as_system
from notifications.services.old_messages import delete_old_messages, older_than_kept


class Command(BaseCommand):
    help = "Delete messages older than NOTIFICATIONS_KEPT_DAYS."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--dry-run", action="store_true", help="only say how many")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say how many."""
        before = f"{older_than_kept():%Y-%m-%d}"
        with acting_as_system("delete old messages"):
            number = delete_old_messages(dry_run=options["dry_run"])
        done = "would go" if options["dry_run"] else "are gone"
        self.stdout.write(f"{number} messages from before {before} {done}.")
