"""Making and changing topics."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound
from notifications.models import Topic, TopicSubscription
from notifications.models.topic import IN_STEP, KEY
from notifications.services.topics.steps import work_soon


@transaction.atomic
def make_topic(*, key: str, title: str, description: str = "", open_to_all: bool = True) -> Topic:
    """A new topic. Raises Invalid for a key FCM would refuse, Conflict for one that is taken."""
    if not KEY.match(key):
        raise Invalid(
            "The topic cannot be made.", details={"key": ["Letters, digits and - _ . ~ % only."]}
        )
    topic, is_new = Topic.objects.get_or_create(
        key=key,
        defaults={"title": title, "description": description, "open_to_all": open_to_all},
    )
    if not is_new:
        raise Conflict("There is a topic with this key.", details={"key": ["Taken."]})
    record_audit(action="topic.make", resource=topic)
    return topic


def topic_by_id(topic_id: UUID) -> Topic:
    """A topic the caller may see. Raises NotFound."""
    topic = Topic.objects.filter(pk=topic_id).first()
    if topic is None:
        raise NotFound("There is no such topic.")
    return topic


@transaction.atomic
def ask_again(*, ids: Sequence[UUID]) -> int:
    """Have FCM asked anew for memberships it refused or that were given up; returns how many."""
    rows = TopicSubscription.objects.filter(~IN_STEP, pk__in=ids)
    number = rows.update(tries=0, error="", due_at=None, updated_at=Now())
    record_audit(action="topic.ask_again", resource="topics", details={"devices": number})
    work_soon()
    return number
