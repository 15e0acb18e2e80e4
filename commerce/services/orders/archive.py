"""Orders that were closed long ago leave the lists, and nothing else: search finds them.

An archived order is a row like any other with `archived_at` set. Lists read partial indexes that
leave such rows out. Whatever still happens to one (a refund, a dispute, a step) brings it back, by
trigger; so does a person.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from commerce import locks
from commerce.models import Order
from core.audit import record_audit
from core.identity import acting_as_system

CLOSED_FOR = timedelta(days=183)
UNTOUCHED_FOR = timedelta(days=30)  # what somebody brought back, or brought in, stays so long
BATCH = 2000

# Ended, nothing to be looked at, and the last step was taken long ago. Placed is never later than
# closed, so the index by `placed_at` finds them.
DUE = """
SELECT o.id FROM commerce_order o
WHERE o.archived_at IS NULL AND o.status IN ('delivered', 'cancelled', 'refunded')
  AND o.attention = '' AND o.payment_status <> 'disputed'
  AND o.placed_at < now() - %(closed_for)s AND o.updated_at < now() - %(untouched_for)s
  AND coalesce((SELECT max(c.at) FROM commerce_orderstatuschange c WHERE c.order_id = o.id),
               o.placed_at) < now() - %(closed_for)s
ORDER BY o.placed_at, o.id
"""
ARCHIVE = f"""
UPDATE commerce_order SET archived_at = now()
WHERE id IN ({DUE} LIMIT %(batch)s FOR UPDATE OF o SKIP LOCKED)
"""  # noqa: S608  - our own words


def archive_orders(*, closed_for: timedelta = CLOSED_FOR, batch: int = BATCH) -> Iterator[int]:
    """Archive what is due, a batch a transaction; yields how many each batch took.

    Stopped in the middle, what was yielded is done and the rest waits for the next run. Orders
    that somebody is at work on are left for it, too.
    """
    while True:
        with acting_as_system("archive"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ARCHIVE, _times(closed_for) | {"batch": batch})
            took = int(cursor.rowcount)
        if not took:
            return
        yield took


def count_due(*, closed_for: timedelta = CLOSED_FOR) -> int:
    """How many orders `archive_orders` would take now. Changes nothing."""
    with acting_as_system("archive"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM ({DUE}) due",  # noqa: S608  - our own words
            _times(closed_for),
        )
        return int(cursor.fetchone()[0])


@transaction.atomic
def bring_back(*, order_id: UUID) -> Order:
    """Put an archived order back into the lists, for a month at least. Raises NotFound."""
    order = locks.lock_order(order_id)
    if order.archived_at is not None:
        Order.objects.filter(pk=order.pk).update(archived_at=None, updated_at=Now())
        order.archived_at = None
        record_audit(action="order.brought_back", resource=order, details={"number": order.number})
    return order


def _times(closed_for: timedelta) -> dict[str, Any]:
    return {"closed_for": closed_for, "untouched_for": min(closed_for, UNTOUCHED_FOR)}
