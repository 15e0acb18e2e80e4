"""Bringing FCM in step with what was asked: a batch at a time, each token with its own answer.

The rows themselves are the queue, so whatever kills the worker, they are found again. A batch in
hand is set aside for LEASE; joining or leaving twice changes nothing at FCM.
"""

from datetime import timedelta
from itertools import groupby
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from core.identity import acting_as_system
from notifications.channels.outcome import ATTEMPTS, Ending, Outcome, pause_before
from notifications.channels.push.firebase import is_set_up
from notifications.channels.push.memberships import change_memberships
from notifications.enums import Membership
from notifications.models import TopicSubscription
from notifications.models.topic import IN_STEP
from notifications.services.hygiene.judge import judge
from notifications.services.hygiene.window import count_answers

logger = structlog.get_logger(__name__)

BATCH = 500
LEASE = timedelta(minutes=5)
# nothing is joined in the name of a device that is switched off; leaving is always asked for
MEANT = Q(wanted=False) | Q(device__active=True)


def reconcile(*, limit: int = BATCH) -> int:
    """Ask FCM for up to `limit` memberships that are due; returns how many were asked.

    Talks to the outside between two transactions: never call it inside one.
    """
    if not is_set_up():
        return 0
    rows = _take(limit)
    for (_, wanted), group in groupby(rows, key=lambda row: (row.topic_id, row.wanted)):
        some = list(group)
        outcomes = change_memberships([row.token for row in some], some[0].topic.key, join=wanted)
        with acting_as_system("topics"), transaction.atomic():
            if wanted:  # who leaves is not judged: a dead token is out, which is what was asked
                count_answers(sum(outcome.is_answer for outcome in outcomes))
            for row, outcome in zip(some, outcomes, strict=True):
                _settle(row, outcome)
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
            .filter(~IN_STEP, MEANT, Q(due_at__isnull=True) | Q(due_at__lte=Now()))
            .filter(tries__lt=ATTEMPTS)
            .order_by("due_at", "pk")[:limit]
        )
        rows = sorted(due, key=lambda row: (row.topic_id, row.wanted))
        TopicSubscription.objects.filter(pk__in=[row.pk for row in rows]).update(
            due_at=timezone.now() + LEASE
        )
    return rows


def _settle(row: TopicSubscription, outcome: Outcome) -> None:
    """Write one answer down. What was wanted meanwhile is left as it is."""
    done = outcome.ending is Ending.SENT or (not row.wanted and outcome.ending is Ending.REFUSED)
    columns: dict[str, Any]
    if done:  # a token that FCM does not know is in no topic
        actual = Membership.JOINED if row.wanted else Membership.LEFT
        columns = {"actual": actual, "error": "", "tries": 0, "due_at": None}
    else:
        columns = _not_done(row, outcome)
    TopicSubscription.objects.filter(pk=row.pk).update(updated_at=timezone.now(), **columns)
    if outcome.deactivate and row.wanted and row.device_id:
        judge(device_id=row.device_id, reason=outcome.deactivate)


def _not_done(row: TopicSubscription, outcome: Outcome) -> dict[str, Any]:
    """Why, and when it is asked again: by the patience that pushes have."""
    log = logger.error if outcome.our_fault else logger.warning
    log("topic.not_done", topic=row.topic.key, wanted=row.wanted, reason=outcome.reason)
    tries = ATTEMPTS if outcome.ending is Ending.REFUSED else row.tries + 1
    pause = pause_before(tries + 1) if outcome.after is None else outcome.after
    return {
        "actual": Membership.UNKNOWN if outcome.unreachable else row.actual,
        "error": outcome.reason[:500],
        "tries": tries,
        "due_at": timezone.now() + timedelta(seconds=pause) if tries < ATTEMPTS else None,
    }
