"""`manage.py sync_plans [--gateway G]`: make every offered price known at the gateways."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console

from payments.enums import GatewayName
from payments.services.billing.plans import sync_prices


class Command(BaseCommand):
    """Look prices up, make what is missing. May be run again."""

    help = "Makes every offered price known at every gateway that has a key."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--gateway", choices=GatewayName.values, help="only this one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was done, and what could not be."""
        console = Console(quiet=options["verbosity"] == 0)
        done = sync_prices(gateways=[options["gateway"]] if options["gateway"] else ())
        for sentence in done.refused:
            console.print(f"[yellow]{sentence}[/yellow]")
        console.print(f"{done.made} prices made known, {done.known} were known.")
