"""Messages that nobody asks about any more."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.ids import earliest_id
from notifications.models import Notification

BATCH = 1_000


def older_than_kept(now: datetime | None = None) -> datetime:
    """Messages from before this time may go (NOTIFICATIONS_KEPT_DAYS)."""
    return (now or timezone.now()) - timedelta(days=settings.NOTIFICATIONS_KEPT_DAYS)


def delete_old_messages(*, dry_run: bool = False) -> int:
    """Delete notifications with their deliveries, history and copies; returns how many.

    A batch a transaction, so it can be stopped anywhere. `dry_run` only counts. What charts
    read stays (DayFigure), and so does who must not be written to (Suppression).
    """
    before = older_than_kept()
    old = Notification.objects.filter(pk__lt=earliest_id(before), created_at__lt=before)
    if dry_run:
        with transaction.atomic():
            return old.count()
    gone = 0
    while True:
        with transaction.atomic():
            batch = list(old.order_by("pk").values_list("pk", flat=True)[:BATCH])
            Notification.objects.filter(pk__in=batch).delete()
        gone += len(batch)
        if len(batch) < BATCH:
            return gone
