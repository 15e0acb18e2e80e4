"""Did anything change? A fingerprint of every row of every table, taken by the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from core.identity import acting_as_system

# The house's own notes about a refusal: the stored answer of an Idempotency-Key, the audit trail.
NOTES = {"core_idempotencykey", "core_auditentry", "django_session"}
# ... and of single rows: why a file was refused
NOTED_ROWS = {"core_storedfile": "WHERE state <> 'rejected'"}
# Columns that say when credentials were last used.
TOUCHED = ["last_used_at"]
TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1
"""


def fingerprint() -> dict[str, str]:
    """Table -> number of rows and a sum over their contents."""
    with acting_as_system("tests"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TABLES)
        names = [name for (name,) in cursor.fetchall() if name not in NOTES]
        parts = [
            f"SELECT '{name}', count(*) || ':' || coalesce(sum(hashtextextended("
            f"(to_jsonb(t) - %(touched)s::text[])::text, 0)::numeric), 0) FROM {name} t "
            f"{NOTED_ROWS.get(name, '')}"
            for name in names
        ]
        cursor.execute(" UNION ALL ".join(parts), {"touched": TOUCHED})
        return dict(cursor.fetchall())


@contextmanager
def nothing_written() -> Iterator[None]:
    """Fails, naming the tables, when the block changed anything."""
    before = fingerprint()
    yield
    after = fingerprint()
    changed = sorted(name for name in after if after[name] != before.get(name))
    assert not changed, f"written to: {', '.join(changed)}"


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever the block does to the database is undone at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
