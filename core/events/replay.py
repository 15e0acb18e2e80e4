"""Doing it again: dead letters and ignored deliveries go back to work, one by one or by filter."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from core.audit import record_audit
from core.database.clock import DatabaseNow
from core.enums import DeliveryState
from core.events.publish import ring_after_commit
from core.models import Delivery

REPLAYABLE = (DeliveryState.DEAD, DeliveryState.IGNORED)
BATCH = 500


def replayable(
    *,
    event_id: int | None = None,
    state: str | None = None,
    event_type: str | None = None,
    since: datetime | None = None,
) -> QuerySet[Delivery]:
    """Closed deliveries that may run again: dead ones, and ignored ones when asked for.

    A delivery that is done is never among them: its effect exists.
    """
    found = Delivery.objects.filter(state__in=[state] if state else [DeliveryState.DEAD])
    found = found.filter(state__in=REPLAYABLE)
    if event_id is not None:
        found = found.filter(event_id=event_id)
    if event_type:
        found = found.filter(event__type=event_type)
    if since:
        found = found.filter(event__created_at__gte=since)
    return found.order_by("id")


def replay_all(*, deliveries: QuerySet[Delivery], by: str) -> Iterator[int]:
    """Replay any number of them, a batch a transaction; yields how many each batch took.

    Which ones is settled at the start, so that one which dies again meanwhile is not taken twice.
    Stopped in the middle, what was yielded is at work and the rest is as it was.
    """
    with transaction.atomic():
        chosen = list(deliveries.values_list("pk", flat=True))
    for start in range(0, len(chosen), BATCH):
        batch = Delivery.objects.filter(pk__in=chosen[start : start + BATCH])
        yield replay(deliveries=batch, by=by)


@transaction.atomic
def replay(*, deliveries: QuerySet[Delivery], by: str) -> int:
    """Send deliveries back to work with fresh attempts; returns how many.

    Only rows still closed as dead or ignored are taken (a done one stays done whoever asks).
    Each replay leaves an audit entry naming the event.
    """
    chosen = list(
        deliveries.filter(state__in=REPLAYABLE)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("event")
        .defer("event__body")
    )
    for delivery in chosen:
        record_audit(
            action="events.replay",
            resource=f"event:{delivery.event_id}",
            details={"subscriber": delivery.subscriber, "was": delivery.state, "by": by},
        )
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in chosen]).update(
        state=DeliveryState.READY,
        attempts=0,
        lost_leases=0,
        due_at=DatabaseNow(),
        finished_at=None,
    )
    for event_type in {delivery.event.type for delivery in chosen}:
        ring_after_commit(event_type)
    return len(chosen)
