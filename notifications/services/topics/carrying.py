"""What devices followed, when they change their token, their owner, or go."""

from collections.abc import Iterable
from uuid import UUID

from notifications.models import Device, TopicSubscription
from notifications.services.topics.steps import ask, work_soon


def leave_all(*, device: Device) -> None:
    """Take the device out of every topic; FCM is asked by a worker."""
    leave_all_of(device_ids=[device.pk])


def leave_all_of(*, device_ids: Iterable[UUID]) -> None:
    """The same for many, in the caller's transaction."""
    followed = TopicSubscription.objects.filter(device_id__in=list(device_ids), wanted=True)
    if ask(followed, wanted=False):
        work_soon()


def carry_over(*, device: Device) -> None:
    """The device has a new token: the old one leaves what it followed, the new one joins it."""
    former = TopicSubscription.objects.filter(device=device).exclude(token=device.token)
    topics = set(former.filter(wanted=True).values_list("topic_id", flat=True))
    ask(former, wanted=False)
    former.update(device=None)
    TopicSubscription.objects.bulk_create(
        [
            TopicSubscription(
                topic_id=topic_id,
                user_id=device.user_id,
                device=device,
                token=device.token,
                token_kind=device.token_kind,
            )
            for topic_id in topics
        ],
        update_conflicts=True,
        unique_fields=["topic", "token"],
        update_fields=["user", "device", "token_kind", "wanted"],
    )
    work_soon()
