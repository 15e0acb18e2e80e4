"""Jobs of the ground floor."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from core.bulk.tidy import tidy_bulk_files
from core.schedule.jobs import scheduled

KEYS_KEPT = timedelta(hours=72)
BATCH = 5_000

FORGET = """
DELETE FROM core_idempotencykey WHERE id IN (
    SELECT id FROM core_idempotencykey
    WHERE created_at < clock_timestamp() - make_interval(secs => %s)
    ORDER BY created_at LIMIT %s)
"""


@scheduled("forget_idempotency_keys", every=timedelta(hours=1))
def forget_idempotency_keys() -> dict[str, Any]:
    """Delete answers to repeated requests after 72 hours."""
    deleted = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(FORGET, [KEYS_KEPT.total_seconds(), BATCH])
            deleted += cursor.rowcount
            if cursor.rowcount < BATCH:
                return {"deleted": deleted}


@scheduled("tidy_bulk_files", every=timedelta(hours=6))
def tidy_bulk() -> dict[str, Any]:
    """Delete files and rows of imports and exports some days after their end."""
    return dict(tidy_bulk_files())
