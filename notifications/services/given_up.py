"""Deliveries whose worker kept dying: the event log gave them up, their rows must say so too."""

from datetime import timedelta

from django.db import transaction
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
)
LOOKED_BACK = timedelta(days=1)  # the job runs every few minutes
OPEN = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNCERTAIN)


@transaction.atomic
def record_given_up() -> int:
    """Mark them dead with the event log's reason; returns how many.

    One that staff sent again meanwhile (its row is younger) is left alone.
    """
    quarantined = Work.objects.filter(
        state=WorkState.DEAD,
        subscriber__in=SENDERS,
        finished_at__gte=timezone.now() - LOOKED_BACK,
    ).values_list("event__data__delivery_id", "finished_at", "last_error")
    return sum(
        Delivery.objects.filter(pk=delivery_id, state__in=OPEN, updated_at__lte=finished).update(
            state=DeliveryState.DEAD, reason=error[-500:], updated_at=timezone.now()
        )
        for delivery_id, finished, error in quarantined
        if delivery_id
    )
