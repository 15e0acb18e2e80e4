"""Counting a day's messages once, so that charts of a million of them read some hundred rows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from core.ids import earliest_id
from notifications.models import DayFigure

# days: news of older mails is rare. Fewer than NOTIFICATIONS_KEPT_DAYS may be (30): a day whose
# messages begin to go keeps the figures it was counted with.
COUNTED_AGAIN = 28

# A reason's beginning without addresses, days and ids: they would make every reason its own.
WHY = """
       CASE WHEN d.state IN ('sent', 'delivered', 'queued', 'sending') THEN ''
            ELSE left(regexp_replace(split_part(d.reason, ': ', 1),
                 '[^ ]+@[^ ]+|[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}|[0-9a-f-]{32,}', '…', 'g'), 80)
       END"""

# Ids are made in the order of time, so a day is a range of the primary key. The one-day margin is
# for rows whose id was made elsewhere; created_at decides.
COUNT = f"""
SELECT (d.created_at AT TIME ZONE 'UTC')::date AS day, d.channel, n.kind, d.state, {WHY} AS why,
       count(*) AS number, count(d.opened_at) AS opened, count(d.clicked_at) AS clicked
FROM notifications_delivery d JOIN notifications_notification n ON n.id = d.notification_id
WHERE d.id >= %(least)s AND d.id < %(end)s
  AND d.created_at >= %(since)s AND d.created_at < %(until)s
GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608  - WHY is a constant above; what callers give goes in as parameters
INSERT = f"""
INSERT INTO notifications_dayfigure (day, channel, kind, state, why, number, opened, clicked)
{COUNT} ORDER BY 1, 2, 3, 4, 5
"""
MARGIN = timedelta(days=1)


def bounds(first: date, last: date) -> dict[str, Any]:
    """Parameters of COUNT for the days from `first` to `last`."""
    since = datetime.combine(first, datetime.min.time(), UTC)
    until = datetime.combine(last + timedelta(days=1), datetime.min.time(), UTC)
    return {
        "least": earliest_id(since - MARGIN),
        "end": earliest_id(until + MARGIN),
        "since": since,
        "until": until,
    }


def count_days(*, today: date) -> int:
    """Count the days up to yesterday anew, a transaction each; returns how many rows they took.

    Older days are left as they were counted last: their messages may have been cleaned away.
    """
    return sum(_count(today - timedelta(days=ago)) for ago in range(COUNTED_AGAIN, 0, -1))


@transaction.atomic
def _count(day: date) -> int:
    DayFigure.objects.filter(day=day).delete()
    with connection.cursor() as cursor:
        cursor.execute(INSERT, bounds(day, day))
        return int(cursor.rowcount)
