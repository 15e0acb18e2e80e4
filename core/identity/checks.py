"""Refuse to start where row-level security would bind nobody."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connections

ABOVE_POLICIES = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s"


@register(Tags.database)
def check_login_is_bound_by_policies(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """core.E001: the application logs in as a role above all policies (W001 with DEBUG).

    The backend lowers such a login to `tradewind_app`, but one RESET ROLE in any SQL undoes that.
    Runs with `migrate`, so `manage.py up` does not get past it; an unreachable database is not
    this check's affair.
    """
    if not databases or "default" not in databases:
        return []
    login = settings.DATABASES["default"]["USER"]
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(ABOVE_POLICIES, [login])
            row = cursor.fetchone()
    except DatabaseError:
        return []
    if row is None or not row[0]:
        return []
    kind, id_ = (Warning, "core.W001") if settings.DEBUG else (Error, "core.E001")
    return [
        kind(
            f"The database login {login!r} is a superuser or has BYPASSRLS: row-level security "
            "does not bind it.",
            hint="Log in as tradewind_app in DATABASE_URL and give the owner of the tables in "
            "DATABASE_OWNER_URL; core/embedded/roles.sql makes both roles.",
            id=id_,
        )
    ]
