"""`manage.py create_api_key OWNER NAME SCOPE ...`: a key for a machine, printed once."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.lookups import user_by_email
from accounts.scopes import SCOPES
from accounts.services.api_keys import create_api_key
from core.errors import DomainError
from core.identity import acting_as_system


class Command(BaseCommand):
    """The key goes to standard output, everything else to standard error."""

    help = "Make an API key. The key is printed once and stored nowhere."

    def add_arguments(self, parser: CommandParser) -> None:
        """Owner, name, scopes, end."""
        parser.add_argument("owner", help="e-mail address of the user it acts for")
        parser.add_argument("name", help="what it is for")
        parser.add_argument("scopes", nargs="+", metavar="scope", help=", ".join(SCOPES))
        parser.add_argument("--days", type=int, help="end after so many days")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it."""
        owner = user_by_email(options["owner"])
        if owner is None or not owner.is_active:
            raise CommandError(f"There is no active user {options['owner']}.")
        days = options["days"]
        try:
            with acting_as_system("create_api_key"), transaction.atomic():
                made = create_api_key(
                    owner=owner,
                    name=options["name"],
                    scopes=options["scopes"],
                    expires_at=timezone.now() + timedelta(days=days) if days else None,
                )
        except DomainError as refusal:
            reasons = "; ".join(str(r) for rs in refusal.details.values() for r in rs)
            raise CommandError(f"{refusal.message} {reasons}".strip()) from None
        self.stderr.write(f"{made.row}, for {owner.email}, reaches {', '.join(made.row.scopes)}.")
        self.stdout.write(made.text)
