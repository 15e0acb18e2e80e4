"""Doors for the list in the app. Everybody reaches their own."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request

from core.api import ApiView, DetailView, ListView, Response
from notifications.api.caller import caller_id
from notifications.api.rows import NOTIFICATIONS
from notifications.services.inbox import inbox_of, mark_read, unread_count

COUNT = {"type": "object", "properties": {"unread": {"type": "integer"}}}
READ = {"type": "object", "properties": {"read": {"type": "integer"}}}


class NotificationsView(ListView):
    """What one was told, newest first, in one's language."""

    scopes = {"GET": "notifications:read"}
    rows = NOTIFICATIONS
    filters = {"kind": "kind", "read_at": "read_at", "created_at": "created_at"}
    ordering, default_ordering = ("created_at",), "-created_at"

    def queryset_for(self, request: Request) -> QuerySet[Any]:
        """One's own."""
        return inbox_of(caller_id(request))


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

    def get(self, request: Request) -> Response:
        """The number on the bell."""
        return Response({"unread": unread_count(caller_id(request))})


class ReadAllView(ApiView):
    """Marks all as read."""

    scopes = {"POST": "notifications:write"}
    output = (200, READ)

    def post(self, request: Request) -> Response:
        """How many were unread until now."""
        return Response({"read": mark_read(user_id=caller_id(request))})
