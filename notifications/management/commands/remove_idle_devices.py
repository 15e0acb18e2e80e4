"""`manage.py remove_idle_devices [--dry-run]`: the nightly round over devices, by hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from notifications.services.devices import deactivate_idle_devices, remove_old_devices


class Command(BaseCommand):
    """Switch off devices not seen for 90 days, delete those off for 90, or say how many."""

    help = "Switches off devices not seen for 90 days and deletes those switched off 90 days ago."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--dry-run", action="store_true", help="only say how many")

    def handle(self, *args: Any, **options: Any) -> None:
        """Both steps, each with its number."""
        dry = options["dry_run"]
        idle, old = deactivate_idle_devices(dry_run=dry), remove_old_devices(dry_run=dry)
        would = "would be " if dry else ""
        self.stdout.write(f"{idle:,} devices {would}switched off, {old:,} {would}deleted.")
