"""`manage.py sweep_files [--dry-run]`: files that nobody uses, by hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.files.limits import MB
from core.files.sweep import sweep

LINES = (
    ("left_behind", "left behind while they were stored"),
    ("unused", "not used any more"),
    ("refusals", "notes about refused files"),
    ("without_row", "stored bytes that no row knows"),
    ("let_go", "in use by rows that are gone: swept in some days"),
)


class Command(BaseCommand):
    """Sweep once and say what went."""

    help = "Deletes files that nobody uses, and reports files whose bytes are missing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--dry-run", action="store_true", help="say only what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep."""
        swept = sweep(dry_run=options["dry_run"])
        self.stdout.write("Would go:" if options["dry_run"] else "Gone:")
        for name, words in LINES:
            self.stdout.write(f"{getattr(swept, name):>8} {words}")
        self.stdout.write(f"{swept.bytes / MB:>8.1f} MB in all")
        if swept.missing:
            named = ", ".join(swept.missing_files)
            self.stderr.write(f"{swept.missing} files have no bytes: {named}")
