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


WRITES = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
_inhabited: dict[str, str] = {}  # the world as it was made; each test leaves it so
_writes_at_start = -1


def remember_the_world() -> None:
    """Once it is made: most tests begin to look before they wrote anything."""
    _inhabited.clear()
    _inhabited.update(fingerprint())


def a_test_begins() -> None:
    """From here on rows written are counted, whether they are taken back or not."""
    global _writes_at_start
    _writes_at_start = _writes()


def forget_the_world() -> None:
    """Its transaction is over."""
    global _writes_at_start
    _writes_at_start = -1
    _inhabited.clear()


def _writes() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WRITES)
        return int(cursor.fetchone()[0])


@contextmanager
def nothing_written() -> Iterator[None]:
    """Fails, naming the tables, when the block changed anything."""
    untouched = bool(_inhabited) and _writes() == _writes_at_start
    before = dict(_inhabited) if untouched else fingerprint()
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
