"""Lines of a delivery's history, in the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from core.ids import new_id
from notifications.enums import DeliveryNews
from notifications.models import DeliveryEvent

WORKER, STAFF = "worker", "staff"
AGAIN_ANEW = "anew-"  # begins the keys of lines that say: staff wants another mail, not the same


def add_line(
    *,
    delivery_id: UUID,
    kind: DeliveryNews,
    detail: str = "",
    source: str = WORKER,
    at: datetime | None = None,
    key: str = "",
    arrival_id: int | None = None,
) -> bool:
    """Write one line; False when the same news (`key`) is there already.

    A line without a key is about this once, so nothing is looked for: one statement.
    """
    columns = {
        "kind": kind,
        "at": at or timezone.now(),
        "source": source,
        "detail": detail,
        "arrival_id": arrival_id,
    }
    if not key:
        DeliveryEvent.objects.create(delivery_id=delivery_id, key=str(new_id()), **columns)
        return True
    _, is_new = DeliveryEvent.objects.get_or_create(
        delivery_id=delivery_id, key=key, defaults=columns
    )
    return is_new


def add_lines(*, delivery_ids: Iterable[UUID], kind: DeliveryNews) -> None:
    """The same line of ours for many."""
    now = timezone.now()
    DeliveryEvent.objects.bulk_create(
        DeliveryEvent(delivery_id=pk, kind=kind, at=now, source=WORKER, key=str(new_id()))
        for pk in delivery_ids
    )
