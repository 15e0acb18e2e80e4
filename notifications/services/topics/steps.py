"""Asking for a membership: written down now, done at FCM by a worker."""

from django.db.models import QuerySet
from django.db.models.functions import Now

from core.events import publish
from notifications.models import TopicSubscription

OUT_OF_STEP = "notification.topics_out_of_step"


def ask(rows: QuerySet[TopicSubscription], *, wanted: bool) -> int:
    """Want these in, or out; tries begin anew. Returns how many were asked."""
    return rows.update(wanted=wanted, tries=0, error="", due_at=None, updated_at=Now())


def work_soon() -> None:
    """Ring for a worker after the caller's transaction; the clock would come by anyway."""
    publish(type=OUT_OF_STEP, subject="topics", data={})
