"""Did anything change? The database counts writes by table; a fingerprint of the rows of those that
were written to tells whether something is left of it."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from core.identity import acting_as_system

# The house's own notes about a refusal: the stored answer of an Idempotency-Key, the audit trail.
NOTES = {"core_idempotencykey", "core_auditentry", "django_session"}
# ... and of single rows: why a file was refused
NOTED_ROWS = {"core_storedfile": "WHERE state <> 'rejected'"}
# Columns that say when credentials were last used.
TOUCHED = ["last_used_at"]
# since the transaction began, by table (its partitions together); taken back or not
WRITES = """
SELECT (CASE WHEN relispartition THEN pg_partition_root(oid) ELSE oid END)::regclass::text,
       sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
           + pg_stat_get_xact_tuples_deleted(oid))
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' GROUP BY 1
"""
_inhabited: dict[str, str] = {}  # the world as it was made; each test leaves it so
_at_start: dict[str, int] = {}  # writes before the test


def fingerprint(tables: Collection[str]) -> dict[str, str]:
    """Table -> number of rows and a sum over their contents."""
    parts = [
        f"SELECT '{name}', count(*) || ':' || coalesce(sum(hashtextextended("
        f"(to_jsonb(t) - %(touched)s::text[])::text, 0)::numeric), 0) FROM {name} t "
        f"{NOTED_ROWS.get(name, '')}"
        for name in sorted(set(tables) - NOTES)
    ]
    if not parts:
        return {}
    with acting_as_system("tests"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), {"touched": TOUCHED})
        return dict(cursor.fetchall())


def remember_the_world() -> None:
    """Once it is made."""
    _inhabited.clear()
    _inhabited.update(fingerprint(_writes()))


def a_test_begins() -> None:
    """From here on rows written are counted; the world is as it was made."""
    _at_start.clear()
    _at_start.update(_writes())


def forget_the_world() -> None:
    """Its transaction is over. Fails when somebody wrote past it, through another connection."""
    before = dict(_inhabited)
    _inhabited.clear()
    _at_start.clear()
    assert fingerprint(before) == before


def _writes() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(WRITES)
        return dict(cursor.fetchall())


def _written(since: dict[str, int]) -> set[str]:
    return {name for name, number in _writes().items() if number != since[name]}


@contextmanager
def nothing_written() -> Iterator[None]:
    """Fails, naming the tables, when the block changed anything."""
    before = _inhabited | fingerprint(_written(_at_start))
    at_begin = _writes()
    yield
    after = fingerprint(_written(at_begin))
    changed = sorted(name for name in after if after[name] != before[name])
    assert not changed, f"written to: {', '.join(changed)}"


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever the block does to the database is undone at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
