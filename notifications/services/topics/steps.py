"""Asking for a membership: written down now, done at FCM by a worker."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now

from core.events import publish
from notifications.models import Device, TopicSubscription

OUT_OF_STEP = "notification.topics_out_of_step"


def ask(rows: QuerySet[TopicSubscription], *, wanted: bool) -> int:
    """Want these in, or out; tries begin anew. Returns how many were asked."""
    return rows.update(wanted=wanted, tries=0, error="", due_at=None, updated_at=Now())


def join(places: Iterable[tuple[UUID, Device]]) -> int:
    """Want each device in its topic (given by its id) under the token it has now; tries begin
    anew. In the caller's transaction; returns how many were asked.
    """
    rows = [
        TopicSubscription(
            topic_id=topic_id,
            user_id=device.user_id,
            device=device,
            token=device.token,
            token_kind=device.token_kind,
        )
        for topic_id, device in places
    ]
    TopicSubscription.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["topic", "token"],
        update_fields=["user", "device", "token_kind", "wanted", "tries", "error", "due_at"],
    )
    if rows:
        work_soon()
    return len(rows)


def work_soon() -> None:
    """Ring for a worker after the caller's transaction; the clock would come by anyway."""
    publish(type=OUT_OF_STEP, subject="topics", data={})
