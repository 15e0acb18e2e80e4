"""Tables without what makes filling them slow: made-up rows need no rule, and are indexed once.

Foreign keys, exclusions and plain indexes are taken away and made again from their own definitions
(each then costs one pass instead of a look a row); keys and unique indexes stay, triggers sleep.
One transaction: killed, nothing has happened.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from core.database.owner import owner_login

CONSTRAINTS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
FROM pg_constraint
WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'x') AND conparentid = 0
ORDER BY conname
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
ORDER BY 1
"""


@contextmanager
def bare(tables: Sequence[str]) -> Iterator[Any]:
    """A cursor of the owner for filling the tables; afterwards they are whole and analysed."""
    with owner_login():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '512MB'"
            )
            cursor.execute(CONSTRAINTS, [list(tables)])
            constraints = cursor.fetchall()
            cursor.execute(INDEXES, [list(tables)])
            indexes = cursor.fetchall()
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            for table, name, _ in constraints:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            for name, _ in indexes:
                cursor.execute(f"DROP INDEX {name}")
            yield cursor
            for _, definition in indexes:
                cursor.execute(definition)
            for table, name, definition in constraints:
                cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(f"VACUUM ANALYZE {', '.join(tables)}")
