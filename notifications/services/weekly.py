"""Weekly reports: everybody once, at eight on their own Monday, a page of users at a time."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from accounts.models import User
from core.identity import acting_as_system
from core.time_zones import time_zones
from notifications.models import WeeklyRound
from notifications.services.notify import Recipient, notify_many
from notifications.weekly.clock import Round, rounds_due
from notifications.weekly.sections import SECTIONS, Reader, Row
from notifications.weekly.words import week_in_words

PAGE = 500
KEPT = timedelta(weeks=8)
MOST_ROWS = 20

# Index look-ups, one a zone: the table of users is not read through.
INHABITED = """
SELECT z.name FROM unnest(%s::text[]) AS z(name)
WHERE EXISTS (SELECT 1 FROM accounts_user u WHERE u.time_zone = z.name AND u.is_active)
"""


def write_weekly_reports(*, now: datetime) -> int:
    """Write all reports that are due; returns how many.

    Each page commits for itself with how far it came: a killed worker's successor goes on there,
    and whoever was told this week is not told again (`dedupe_key`).
    """
    written = 0
    for one in _to_do(now):
        while (on_page := _write_page(one)) is not None:
            written += on_page
    return written


@transaction.atomic
def forget_rounds(*, now: datetime) -> int:
    """Remove the notes of weeks long gone; returns how many."""
    with acting_as_system("weekly reports"):
        gone, _ = WeeklyRound.objects.filter(created_at__lt=now - KEPT).delete()
    return gone


def _to_do(now: datetime) -> list[Round]:
    """Rounds that are due, not done, and have somebody in them."""
    due = {one.zone: one for one in rounds_due(now, time_zones())}
    with acting_as_system("weekly reports"), transaction.atomic():
        done = WeeklyRound.objects.filter(
            week__in={one.week for one in due.values()}, done=True
        ).values_list("week", "time_zone")
        for week, zone in done:
            if zone in due and due[zone].week == week:
                del due[zone]
        with connection.cursor() as cursor:
            cursor.execute(INHABITED, [list(due)])
            return [due[name] for (name,) in cursor.fetchall()]


def _write_page(one: Round) -> int | None:
    """The next users of a zone; None when it is done, or in another worker's hands."""
    with acting_as_system("weekly reports"), transaction.atomic():
        WeeklyRound.objects.bulk_create(
            [WeeklyRound(week=one.week, time_zone=one.zone)], ignore_conflicts=True
        )
        kept = (
            WeeklyRound.objects.select_for_update(skip_locked=True)
            .filter(week=one.week, time_zone=one.zone, done=False)
            .first()
        )
        if kept is None:
            return None
        users = list(
            User.objects.filter(time_zone=one.zone, is_active=True, pk__gt=kept.seen_up_to)
            .order_by("pk")
            .only("email", "full_name", "language", "email_confirmed_at")[:PAGE]
        )
        told = _tell([user for user in users if user.email_confirmed], one)
        kept.seen_up_to = users[-1].pk if users else kept.seen_up_to
        kept.written += told
        kept.done = len(users) < PAGE
        kept.save(update_fields=["seen_up_to", "written", "done", "updated_at"])
        return told


def _tell(users: Sequence[User], one: Round) -> int:
    """A report to each who has something to read in it."""
    readers = [Reader(user.pk, user.language) for user in users]
    rows: dict[UUID, list[Row]] = defaultdict(list)
    for section in SECTIONS.values() if readers else ():
        for user_id, lines in section(readers, one.period).items():
            rows[user_id] += lines
    recipients = [_report(user, rows[user.pk], one) for user in users if rows.get(user.pk)]
    return len(notify_many(kind="weekly_progress", recipients=recipients)) if recipients else 0


def _report(user: User, rows: list[Row], one: Round) -> Recipient:
    items = [row for row in rows if not row.total] or rows
    return Recipient(
        dedupe_key=f"weekly:{one.week}:{user.pk}",
        email=user.email,
        user_id=user.pk,
        language=user.language,
        context={
            "week": week_in_words(*one.days, user.language),
            "items": [
                {"name": row.name, "value": row.value, "note": row.note}
                for row in items[:MOST_ROWS]
            ],
            "totals": [
                {"name": row.name, "value": row.value}
                for row in rows
                if row.total and row not in items
            ],
            "name": user.full_name,
            "url": settings.BASE_URL,
        },
    )
