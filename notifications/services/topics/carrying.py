"""What devices followed, when they change their token, their owner, or go.

A device that FCM called gone goes on wanting what it followed: a worker asks nothing in its name
(reconcile.py), and when it is registered again it joins anew. Only what logs out, is handed on, or
was not seen for 90 days leaves.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from notifications.enums import Membership
from notifications.models import Device, TopicSubscription
from notifications.models.topic import IN_STEP
from notifications.services.topics.steps import ask, join, work_soon


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
    join((topic_id, device) for topic_id in topics)
    work_soon()


def join_again(*, device: Device) -> None:
    """The device was switched off and is back: FCM may have forgotten what it was in."""
    followed = TopicSubscription.objects.filter(device=device, wanted=True)
    followed.update(actual=Membership.UNKNOWN)
    _ask_anew(followed)


def ask_anew_for(*, devices: QuerySet[Device]) -> None:
    """What FCM refused these devices was not their fault: it is asked once more."""
    followed = TopicSubscription.objects.filter(device__in=devices, wanted=True)
    _ask_anew(followed.filter(~IN_STEP))


def _ask_anew(followed: QuerySet[TopicSubscription]) -> None:
    if ask(followed, wanted=True):
        work_soon()
