"""The list in the app: what a person was told, and what they have read."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from notifications.enums import Channel
from notifications.kinds import KINDS
from notifications.kinds.manners import manner_of
from notifications.kinds.own import PUSH_PREFIX
from notifications.models import Notification
from notifications.rendering.wording import own_push_words

IN_APP = Q(kind__startswith=PUSH_PREFIX) | Q(
    kind__in=[key for key, kind in KINDS.items() if Channel.IN_APP in kind.channels]
)


def inbox_of(user_id: UUID) -> QuerySet[Notification]:
    """What the user sees in the app, with the words that staff published beside it."""
    shown = Notification.objects.filter(IN_APP, user_id=user_id, in_app=True)
    return shown.annotate(own_words=own_push_words())


def unread_counts(user_id: UUID) -> dict[str, int]:
    """How many of them are unread, by subject. Reads the index of unread rows only."""
    unread = inbox_of(user_id).filter(read_at__isnull=True).order_by()
    counts: dict[str, int] = {}
    for kind, number in unread.values_list("kind").annotate(number=Count("pk")):
        subject = manner_of(kind).subject.value
        counts[subject] = counts.get(subject, 0) + number
    return dict(sorted(counts.items()))


@transaction.atomic
def mark_read(*, user_id: UUID, notification_id: UUID | None = None) -> int:
    """Mark one as read, or all; returns how many were unread. The first reading counts."""
    unread = inbox_of(user_id).filter(read_at__isnull=True)
    if notification_id is not None:
        unread = unread.filter(pk=notification_id)
    changes: dict[str, Any] = {"read_at": Now(), "updated_at": Now()}
    return unread.update(**changes)
