"""Subscribing and unsubscribing people, on all their devices."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from core.audit import record_audit
from core.errors import Conflict, Invalid
from core.identity import acting_as_system, current_identity
from notifications.models import Topic, TopicSubscription
from notifications.services.devices.reach import devices_of
from notifications.services.known import check_known
from notifications.services.topics.steps import ask, join, work_soon

MOST_USERS = 10_000  # in one request; more are a campaign


@transaction.atomic
def follow(*, topic: Topic, user_id: UUID) -> int:
    """Have all of the user's devices join; returns how many are asked to. Idempotent.

    Raises Conflict for somebody without a device: there is nothing that could join.
    """
    with acting_as_system("follow topic"):
        joining = join((topic.pk, device) for device in devices_of([user_id]))
    if not joining:
        raise Conflict("Register a device first: topics are followed on phones and browsers.")
    return joining


@transaction.atomic
def unfollow(*, topic: Topic, user_id: UUID) -> int:
    """Have all of the user's devices leave; returns how many were asked to. Idempotent."""
    with acting_as_system("unfollow topic"):
        leaving = ask(
            TopicSubscription.objects.filter(topic=topic, user_id=user_id, wanted=True),
            wanted=False,
        )
        if leaving:
            work_soon()
    return leaving


@transaction.atomic
def subscribe_users(*, topic: Topic, user_ids: Sequence[UUID], wanted: bool = True) -> int:
    """Staff put people into a topic, or take them out; returns how many devices are asked.

    Raises Invalid for more than MOST_USERS.
    """
    if len(user_ids) > MOST_USERS:
        raise Invalid(f"At most {MOST_USERS:,} people at once.")
    check_known(user_ids)
    actor = current_identity()
    with acting_as_system("subscribe users"):
        if wanted:
            asked = join((topic.pk, device) for device in devices_of(user_ids))
        else:
            asked = ask(
                TopicSubscription.objects.filter(topic=topic, user_id__in=user_ids, wanted=True),
                wanted=False,
            )
            work_soon()
    record_audit(
        action="topic.subscribe" if wanted else "topic.unsubscribe",
        resource=topic,
        details={"people": len(user_ids), "devices": asked, "by": actor.role.value},
    )
    return asked
