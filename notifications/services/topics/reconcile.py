"""Bringing FCM in step with what was asked: a batch at a time, each token with its own answer.

The rows themselves are the queue, so whatever kills the worker, they are found again. A batch in
hand is set aside for LEASE; joining or leaving twice changes nothing at FCM.
"""

from datetime import datetime, timedelta
from itertools import groupby

import structlog
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from core.identity import acting_as_system
from notifications.channels.outcome import ATTEMPTS, pause_before
from notifications.channels.push.firebase import is_set_up
from notifications.channels.push.memberships import LOST, change_memberships
from notifications.enums import DeactivatedReason, Membership
from notifications.models import TopicSubscription
from notifications.models.topic import IN_STEP
from notifications.services.hygiene.judge import judge

logger = structlog.get_logger(__name__)

BATCH = 500
LEASE = timedelta(minutes=5)
QUOTA = timedelta(minutes=1)
GONE = {
    "UNREGISTERED": DeactivatedReason.UNREGISTERED,
    "SENDER_ID_MISMATCH": DeactivatedReason.WRONG_PROJECT,
}
FOR_GOOD = {"INVALID_ARGUMENT", "NOT_FOUND", *GONE}


def reconcile(*, limit: int = BATCH) -> int:
    """Ask FCM for up to `limit` memberships that are due; returns how many were asked.

    Talks to the outside between two transactions: never call it inside one.
    """
    if not is_set_up():
        return 0
    rows = _take(limit)
    for (_, wanted), group in groupby(rows, key=lambda row: (row.topic_id, row.wanted)):
        some = list(group)
        codes = change_memberships([row.token for row in some], some[0].topic.key, join=wanted)
        with acting_as_system("topics"), transaction.atomic():
            for row, code in zip(some, codes, strict=True):
                _settle(row, code)
    with acting_as_system("topics"), transaction.atomic():
        TopicSubscription.objects.filter(
            device__isnull=True, wanted=False, actual=Membership.LEFT
        ).delete()
    return len(rows)


def _take(limit: int) -> list[TopicSubscription]:
    with acting_as_system("topics"), transaction.atomic():
        TopicSubscription.objects.filter(device__isnull=True, wanted=True).update(wanted=False)
        due = (
            TopicSubscription.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("topic")
            .filter(~IN_STEP, Q(due_at__isnull=True) | Q(due_at__lte=Now()), tries__lt=ATTEMPTS)
            .order_by("due_at", "pk")[:limit]
        )
        rows = sorted(due, key=lambda row: (row.topic_id, row.wanted))
        TopicSubscription.objects.filter(pk__in=[row.pk for row in rows]).update(
            due_at=timezone.now() + LEASE
        )
    return rows


def _settle(row: TopicSubscription, code: str) -> None:
    """Write one answer down. What was wanted meanwhile is left as it is."""
    done = Membership.JOINED if row.wanted else Membership.LEFT
    actual: str = row.actual
    if code == "" or (not row.wanted and code in FOR_GOOD):
        actual, code = done, ""  # a token that FCM does not know is in no topic
    elif code.startswith(LOST):
        actual = Membership.UNKNOWN
    if code:
        logger.warning("topic.not_done", topic=row.topic.key, wanted=row.wanted, code=code)
    tries = ATTEMPTS if code in FOR_GOOD else row.tries + 1
    TopicSubscription.objects.filter(pk=row.pk).update(
        actual=actual,
        error=code[:500],
        tries=tries if code else 0,
        due_at=_next_try(code, tries) if code and tries < ATTEMPTS else None,
        updated_at=timezone.now(),
    )
    if code in GONE and row.device_id:
        judge(device_id=row.device_id, reason=GONE[code])


def _next_try(code: str, tries: int) -> datetime:
    pause = timedelta(seconds=pause_before(tries + 1))
    if code in ("QUOTA_EXCEEDED", "RESOURCE_EXHAUSTED"):
        pause = max(pause, QUOTA)
    return timezone.now() + pause
