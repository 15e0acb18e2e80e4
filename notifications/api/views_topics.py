"""Doors for topics: following them on one's phones, and putting people into them."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request

from core.api import ApiView, DetailView, ListView, Response
from notifications.api.caller import caller_id
from notifications.api.inputs import SubscribersInput, TopicInput
from notifications.api.rows import SUBSCRIPTIONS, TOPICS
from notifications.models import Topic, TopicSubscription
from notifications.services.topics.follow import follow, subscribe_users, unfollow
from notifications.services.topics.manage import make_topic, topic_by_id

SCOPE = "devices:write"
SEND = "notifications:send"
ASKED = {
    "type": "object",
    "properties": {
        "devices": {
            "type": "integer",
            "description": "Devices that join, or leave, within the next moments",
        }
    },
    "required": ["devices"],
}


class TopicsView(ListView):
    """What one can follow; staff see also what is not open to all."""

    scopes = {"GET": SCOPE, "POST": SEND}
    rows = TOPICS
    filters = {"key": "key", "open_to_all": "open_to_all"}
    ordering, default_ordering = ("title", "created_at"), "title"
    input = TopicInput
    output = {"POST": (201, TOPICS)}

    def queryset_for(self, request: Request) -> QuerySet[Any]:
        """The database hides what is not open."""
        return Topic.objects.all()

    def post(self, request: Request) -> Response:
        """A new topic; its key cannot be changed later."""
        topic = make_topic(**self.valid())
        return Response(self.one(Topic.objects.filter(pk=topic.pk)), status=201)


class TopicView(DetailView):
    """One of them."""

    scopes = {"GET": SCOPE}
    rows = TOPICS

    def queryset_for(self, request: Request) -> QuerySet[Any]:
        """As the list."""
        return Topic.objects.all()


class SubscriptionView(ApiView):
    """Following one topic, on all of one's devices."""

    scopes = {"POST": SCOPE, "DELETE": SCOPE}
    output = (200, ASKED)

    def post(self, request: Request, id: UUID) -> Response:
        """Follow; following twice changes nothing. 409 without a device."""
        return Response({"devices": follow(topic=topic_by_id(id), user_id=caller_id(request))})

    def delete(self, request: Request, id: UUID) -> Response:
        """Follow no more."""
        return Response({"devices": unfollow(topic=topic_by_id(id), user_id=caller_id(request))})


class SubscriptionsView(ListView):
    """What one follows on which device, and whether FCM has done it yet."""

    scopes = {"GET": SCOPE}
    rows = SUBSCRIPTIONS
    filters = {"topic": "topic_id", "device": "device_id", "wanted": "wanted", "actual": "actual"}
    ordering, default_ordering = ("created_at",), "-created_at"

    def queryset_for(self, request: Request) -> QuerySet[Any]:
        """One's own, also for staff who may see all."""
        return TopicSubscription.objects.filter(user_id=caller_id(request), device__isnull=False)


class SubscribersView(ApiView):
    """Staff put people into a topic, or take them out."""

    scopes = {"POST": SEND}
    input = SubscribersInput
    output = (200, ASKED)

    def post(self, request: Request, id: UUID) -> Response:
        """All devices of the people join, or with `subscribed: false` leave."""
        given = self.valid()
        asked = subscribe_users(
            topic=topic_by_id(id), user_ids=given["users"], wanted=given["subscribed"]
        )
        return Response({"devices": asked})
