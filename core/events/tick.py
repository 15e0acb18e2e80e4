"""What a lost ring left behind is found by looking."""

from django.db import connection, transaction

from core.enums import Queue
from core.events.bell import ring
from core.identity import acting_as_system

DUE_QUEUES = """
SELECT q.queue FROM unnest(%s::text[]) AS q(queue)
WHERE EXISTS (
    SELECT 1 FROM core_delivery d
    WHERE d.queue = q.queue AND d.state IN ('ready', 'leased') AND d.due_at <= clock_timestamp())
"""


def queues_with_due_work() -> list[Queue]:
    """The queues in which something is due now (database clock)."""
    with acting_as_system("tick"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DUE_QUEUES, [[queue.value for queue in Queue]])
        return [Queue(row[0]) for row in cursor.fetchall()]


def ring_for_due_work() -> list[Queue]:
    """Ring for each queue in which something is due; returns those queues."""
    due = queues_with_due_work()
    for queue in due:
        ring(queue)
    return due
