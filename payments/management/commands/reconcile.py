"""`manage.py reconcile [--gateway G]`: ask the gateway about open payments now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from payments.enums import GatewayName
from payments.services.reconcile import reconcile


class Command(BaseCommand):
    """Ask and settle; says how many moved."""

    help = "Asks the gateway how open payments stand, and settles what it says."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--gateway", choices=GatewayName.values, default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        done = reconcile(gateway=options["gateway"])
        told = "{asked} asked, {moved} moved, {failed} failed"
        self.stdout.write(told.format(**done))
