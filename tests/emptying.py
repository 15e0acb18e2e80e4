"""After a test with real commits: empty what it filled, quickly.

Django's way truncates every table and then makes permissions, roles, subscriptions and schedules
anew, some two seconds each time. Here only tables that hold something are truncated, and what
migrations leave behind (STANDING) stays, unless the test changed it: then all of Django's way.
"""

from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from core.database.owner import owner_login
from core.identity import acting_as_system

STANDING = [
    "auth_group", "auth_group_permissions", "auth_permission", "core_subscription",
    "django_celery_beat_clockedschedule", "django_celery_beat_crontabschedule",
    "django_celery_beat_intervalschedule", "django_celery_beat_periodictask",
    "django_celery_beat_periodictasks", "django_celery_beat_solarschedule", "django_content_type",
    "django_migrations", "django_site",
]  # fmt: skip
# By size, not by looking: row security hides rows from the owner, too.
FILLED = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND pg_relation_size(c.oid) > 0
  AND c.relname <> ALL (%s)
"""

_standing: str = ""


def remember_standing() -> None:
    """What the migrations left behind; asked once, before the first test."""
    global _standing
    _standing = _fingerprint()


def empty_what_was_filled(case: Any) -> None:
    """Stands in for TransactionTestCase._fixture_teardown."""
    if _fingerprint() != _standing:
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        remember_standing()
        return
    with owner_login(), connection.cursor() as cursor:
        cursor.execute(FILLED, [STANDING])
        names = [f'"{name}"' for (name,) in cursor.fetchall()]
        if names:
            cursor.execute(f"TRUNCATE {', '.join(names)} CASCADE")


def _fingerprint() -> str:
    sums = " || ".join(
        f"coalesce((SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t), '')"
        for name in STANDING
    )
    with acting_as_system("tests"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {sums}")
        return str(cursor.fetchone()[0])
