"""What a database needs before its first table: the roles and their default privileges."""

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from core.identity.context import Role

TABLE_ROLES = ("tw_base", Role.UNBOUND.value)


def prepare_database() -> None:
    """Grant ordinary tables to every role from now on; `protect` takes personal ones back.

    Runs before each migrate, as the owner. Raises ImproperlyConfigured where the installer
    (core/embedded/roles.sql) has not made the roles.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'tw_base'")
        if cursor.fetchone() is None:
            raise ImproperlyConfigured(
                "The database has no Tradewind roles yet. Run core/embedded/roles.sql once as a "
                "superuser; docs/install-outside-database.md shows how."
            )
        roles = ", ".join(TABLE_ROLES)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {roles}")
        cursor.execute(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {roles}"
        )
        cursor.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {roles}"
        )
