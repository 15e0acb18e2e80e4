"""How many pushes FCM answered of late: what a share is a share of."""

import os
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max, Sum
from django.utils import timezone

from notifications.models import DeviceAlarm, PushMinute

WINDOW = timedelta(hours=1)
SHARDS = 8  # workers that commit at the same moment do not wait for each other's row

COUNT = """
INSERT INTO notifications_pushminute (id, created_at, updated_at, minute, shard, answered)
VALUES (gen_random_uuid(), now(), now(), date_trunc('minute', clock_timestamp()), %s, %s)
ON CONFLICT (minute, shard) DO UPDATE
SET answered = notifications_pushminute.answered + excluded.answered, updated_at = now()
"""


def count_answers(number: int) -> None:
    """FCM answered so many pushes, for good or ill. In the caller's transaction."""
    if number:
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [os.getpid() % SHARDS, number])


def window_begins() -> datetime:
    """An hour ago, or when staff last decided about an alarm: that hour is judged."""
    began = timezone.now() - WINDOW
    closed = DeviceAlarm.objects.aggregate(last=Max("closed_at"))["last"]
    return max(began, closed) if closed else began


def answered_since(began: datetime) -> int:
    """Pushes FCM answered since then, to the minute."""
    minute = began.replace(second=0, microsecond=0)
    found = PushMinute.objects.filter(minute__gte=minute).aggregate(sum=Sum("answered"))["sum"]
    return int(found or 0)
