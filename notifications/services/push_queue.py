"""Announcing pushes to workers: a few each by itself, many in batches."""

from collections.abc import Sequence

from core.events.publish_many import News
from notifications.models import Delivery

PUSH_QUEUED = "notification.push_queued"
PUSHES_QUEUED = "notification.pushes_queued"
FEW = 20  # so many at most go by themselves: before all that can wait
BATCH = 500  # at most: with a silent FCM five rounds of calls, within what a lease is held for


def push_news(deliveries: Sequence[Delivery]) -> list[News]:
    """What to announce so that workers send these: a few each by itself, many in batches."""
    if len(deliveries) <= FEW:
        return [by_itself(one) for one in deliveries]
    parts = [deliveries[start : start + BATCH] for start in range(0, len(deliveries), BATCH)]
    return [
        News(
            PUSHES_QUEUED,
            f"pushes:{part[0].pk}",  # of its own: batches need no order
            {"delivery_ids": [str(one.pk) for one in part]},
        )
        for part in parts
    ]


def by_itself(delivery: Delivery, *, after: float = 0.0) -> News:
    """One push, to be sent after so many seconds. A phone that must wait holds up no other phone:
    each is a subject of its own.
    """
    data = {"delivery_id": str(delivery.pk), "notification_id": str(delivery.notification_id)}
    return News(PUSH_QUEUED, f"delivery:{delivery.pk}", data, after=after)
