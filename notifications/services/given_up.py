"""Deliveries whose worker kept dying: the event log gave them up, their rows must say so too."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.enums import DeliveryState as WorkState
from core.models import Delivery as Work
from notifications.enums import DeliveryState
from notifications.models import Delivery

SENDERS = (
    "notifications.send_essential_email",
    "notifications.send_email",
    "notifications.send_marketing_email",
    "notifications.send_push",
    "notifications.send_marketing_push",
)
BATCHES = ("notifications.send_pushes", "notifications.send_marketing_pushes")
WAKER = "notifications.end_quiet_hours"
LOOKED_BACK = timedelta(days=1)  # the job runs every few minutes
OPEN = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNCERTAIN)


@transaction.atomic
def record_given_up() -> int:
    """Mark them dead with the event log's reason; returns how many.

    One that staff sent again meanwhile (its row is younger) is left alone.
    """
    return _never_sent() + _never_woken()


def _never_sent() -> int:
    quarantined = _dead([*SENDERS, *BATCHES]).values_list(
        "event__data", "finished_at", "last_error"
    )
    return sum(
        _mark(
            Delivery.objects.filter(
                pk__in=data.get("delivery_ids") or [data["delivery_id"]],
                state__in=OPEN,
                updated_at__lte=finished,
            ),
            error,
        )
        for data, finished, error in quarantined
    )


def _never_woken() -> int:
    """What waited for the end of quiet hours whose call died. One call wakes all that waits for
    a person, so while another is open nothing is lost.
    """
    calls = list(_dead([WAKER]).values_list("event__data__user_id", "finished_at", "last_error"))
    if not calls:
        return 0
    still = set(
        Work.objects.filter(
            state__in=[WorkState.READY, WorkState.LEASED],
            subscriber=WAKER,
            event__data__user_id__in=[user_id for user_id, _, _ in calls],
        ).values_list("event__data__user_id", flat=True)
    )
    return sum(
        _mark(
            Delivery.objects.filter(
                waits_for=UUID(user_id),
                state=DeliveryState.WAITING,
                waits_until__lte=finished,
                updated_at__lte=finished,
            ),
            f"Their quiet hours are over, and it was not sent. {error}",
        )
        for user_id, finished, error in calls
        if user_id not in still
    )


def _dead(subscribers: Sequence[str]) -> QuerySet[Work]:
    return Work.objects.filter(
        state=WorkState.DEAD,
        subscriber__in=subscribers,
        finished_at__gte=timezone.now() - LOOKED_BACK,
    )


def _mark(deliveries: QuerySet[Delivery], error: str) -> int:
    return deliveries.update(
        state=DeliveryState.DEAD, reason=error[-500:], updated_at=timezone.now()
    )
