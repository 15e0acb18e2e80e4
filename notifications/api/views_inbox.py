"""Doors for the list in the app. Everybody reaches their own."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request

from core.api import ApiView, DetailView, ListView, Response
from core.errors import Invalid
from notifications.api.caller import caller_id
from notifications.api.conditional import unless_known
from notifications.api.rows import NOTIFICATIONS
from notifications.enums import Subject
from notifications.kinds.manners import told_about
from notifications.services.inbox import inbox_of, mark_read, unread_counts

COUNT = {
    "type": "object",
    "properties": {
        "unread": {"type": "integer"},
        "by_subject": {
            "type": "object",
            "additionalProperties": {"type": "integer"},
            "description": "The same by what they are about; subjects without any are left out",
        },
    },
}
KNOWN = ", ".join(Subject.values)
SUBJECT = {"type": "string", "enum": Subject.values}
READ = {"type": "object", "properties": {"read": {"type": "integer"}}}


class NotificationsView(ListView):
    """What one was told, newest first, in one's language. With `If-None-Match`: 304 while nothing
    changed."""

    scopes = {"GET": "notifications:read"}
    rows = NOTIFICATIONS
    filters = {"kind": "kind", "read_at": "read_at", "created_at": "created_at"}
    further = {"subject": (SUBJECT, "Only what is about this")}
    ordering, default_ordering = ("created_at",), "-created_at"
    ordering_sources = {"created_at": "pk"}  # keys are made in the order of time

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """One page."""
        return unless_known(request, super().get(request, *args, **kwargs))

    def queryset_for(self, request: Request) -> QuerySet[Any]:
        """One's own."""
        return inbox_of(caller_id(request))

    def narrow(self, queryset: QuerySet[Any], parameters: dict[str, str]) -> QuerySet[Any]:
        """By what they are about."""
        subject = parameters["subject"]
        if subject not in Subject.values:
            raise Invalid("There is no such subject.", details={"subject": [f"One of {KNOWN}."]})
        return queryset.filter(told_about(subject))


class NotificationView(DetailView):
    """One of them."""

    scopes = {"GET": "notifications:read"}
    rows = NOTIFICATIONS

    def queryset_for(self, request: Request) -> QuerySet[Any]:
        """One's own."""
        return inbox_of(caller_id(request))


class ReadView(ApiView):
    """Marks one as read."""

    scopes = {"POST": "notifications:write"}
    output = (200, NOTIFICATIONS)

    def post(self, request: Request, id: UUID) -> Response:
        """Read; reading again changes nothing."""
        mark_read(user_id=caller_id(request), notification_id=id)
        return Response(NOTIFICATIONS.one(inbox_of(caller_id(request)).filter(pk=id)))


class UnreadCountView(ApiView):
    """How many are unread."""

    scopes = {"GET": "notifications:read"}
    output = COUNT

    def get(self, request: Request) -> Any:
        """The number on the bell. With `If-None-Match`: 304 while it is the same."""
        counts = unread_counts(caller_id(request))
        told = {"unread": sum(counts.values()), "by_subject": counts}
        return unless_known(request, Response(told))


class ReadAllView(ApiView):
    """Marks all as read."""

    scopes = {"POST": "notifications:write"}
    output = (200, READ)

    def post(self, request: Request) -> Response:
        """How many were unread until now."""
        return Response({"read": mark_read(user_id=caller_id(request))})
