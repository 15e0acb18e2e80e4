"""Django's flush, logged in as the owner: the application's login may not TRUNCATE."""

from typing import Any

from django.core.management.commands.flush import Command as DjangoFlush

from core.database.owner import owner_login


class Command(DjangoFlush):
    """Used by tests that need real commits."""

    def handle(self, **options: Any) -> None:
        """Empty every table."""
        with owner_login():
            super().handle(**options)
