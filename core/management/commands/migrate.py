"""Django's migrate, logged in as the owner of the tables."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate

from core.database.owner import owner_login
from core.database.prepare import prepare_database


class Command(DjangoMigrate):
    """Only this command may change the schema; the application's own login cannot."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare the database, then migrate it."""
        with owner_login():
            prepare_database()
            super().handle(*args, **options)
