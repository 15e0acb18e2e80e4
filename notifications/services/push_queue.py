"""Announcing pushes to workers: a few each by itself, many in batches."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from core.events.publish_many import News
from notifications.enums import Category
from notifications.models import Delivery

PUSH_QUEUED = "notification.push_queued"
MARKETING_PUSH_QUEUED = "notification.marketing_push_queued"
PUSHES_QUEUED = "notification.pushes_queued"
MARKETING_PUSHES_QUEUED = "notification.marketing_pushes_queued"
FEW = 20  # so many at most go by themselves: before all that can wait
BATCH = 500  # at most: with a silent FCM five rounds of calls, within what a lease is held for


def push_news(deliveries: Sequence[Delivery], categories: Mapping[UUID, Category]) -> list[News]:
    """What to announce so that workers send these: a few each by itself, many in batches, where
    offers wait for all others. `categories`: of their notifications."""
    if len(deliveries) <= FEW:
        return [
            by_itself(one, category=categories.get(one.notification_id, Category.SERVICE))
            for one in deliveries
        ]
    offers: list[Delivery] = []
    others: list[Delivery] = []
    for one in deliveries:
        is_offer = categories.get(one.notification_id) == Category.MARKETING
        (offers if is_offer else others).append(one)
    return [*_batches(PUSHES_QUEUED, others), *_batches(MARKETING_PUSHES_QUEUED, offers)]


def _batches(event_type: str, deliveries: Sequence[Delivery]) -> list[News]:
    parts = [deliveries[start : start + BATCH] for start in range(0, len(deliveries), BATCH)]
    return [
        News(
            event_type,
            f"pushes:{part[0].pk}",  # of its own: batches need no order
            {"delivery_ids": [str(one.pk) for one in part]},
        )
        for part in parts
    ]


def by_itself(delivery: Delivery, *, category: str, after: float = 0.0) -> News:
    """One push, to be sent after so many seconds. A phone that must wait holds up no other phone:
    each is a subject of its own. Offers wait for all others: thousands may be put off at once.
    """
    data = {"delivery_id": str(delivery.pk), "notification_id": str(delivery.notification_id)}
    event_type = MARKETING_PUSH_QUEUED if category == Category.MARKETING else PUSH_QUEUED
    return News(event_type, f"delivery:{delivery.pk}", data, after=after)
