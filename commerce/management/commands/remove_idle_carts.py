"""`manage.py remove_idle_carts [--dry-run]`: the nightly removal of old carts by hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from commerce.services.carts.abandoned import remove_idle_carts


class Command(BaseCommand):
    """Remove carts nobody has touched for CART_KEPT_DAYS, or say how many that would be."""

    help = "Removes carts that nobody has touched for CART_KEPT_DAYS (30)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--dry-run", action="store_true", help="only say how many")

    def handle(self, *args: Any, **options: Any) -> None:
        """Batch by batch, saying how far it is."""
        removed = 0
        for batch in remove_idle_carts(dry_run=options["dry_run"]):
            removed += batch
            if not options["dry_run"] and batch:
                self.stdout.write(f"{removed:,} removed ...")
        word = "would be removed" if options["dry_run"] else "removed"
        self.stdout.write(f"{removed:,} carts {word}.")
