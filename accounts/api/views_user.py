"""Doors to oneself: profile and logins."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from accounts.api.answers import DETAIL_SCHEMA, USER_SCHEMA, detail, user_answer
from accounts.api.inputs import Profile
from accounts.api.person import person
from accounts.avatars import LARGEST_BYTES
from accounts.enums import FamilyEnd
from accounts.models import TokenFamily, User
from accounts.services.profile import update_profile
from accounts.services.sessions import end_all_sessions
from accounts.services.tokens import end_login
from core.api import ApiView, ListView, Response, Rows
from core.api.parser import JsonParser
from core.errors import NotFound


class UserView(ApiView):
    """One's own user."""

    scopes = {"GET": "profile:read", "PATCH": "profile:write", "PUT": "profile:write"}
    parser_classes = [JsonParser, MultiPartParser]
    max_body_bytes = LARGEST_BYTES + 64 * 1024
    input = Profile
    output = USER_SCHEMA

    def get(self, request: Request) -> Response:
        """Who am I?"""
        return Response(user_answer(self._me(request)))

    def patch(self, request: Request) -> Response:
        """Change name, time zone, language or avatar."""
        changes = self.valid()
        return Response(user_answer(update_profile(user=self._me(request), changes=changes)))

    put = patch

    def _me(self, request: Request) -> User:
        """As stored, not as remembered; read under one's own identity."""
        return User.objects.get(pk=person(request).pk)


LOGINS = Rows(
    model=TokenFamily,
    columns={
        "id": "id",
        "created_at": "created_at",
        "last_used_at": "last_used_at",
        "expires_at": "expires_at",
        "ip": "ip",
        "agent": "agent",
    },
)


class LoginsView(ListView):
    """Where one is logged in (API logins; admin sessions end with the browser)."""

    scopes = {"GET": "profile:read", "DELETE": "profile:write"}
    rows = LOGINS
    output = {"DELETE": (200, DETAIL_SCHEMA)}
    ordering = ("created_at", "last_used_at")
    default_ordering = "-last_used_at"

    def queryset_for(self, request: Request) -> QuerySet[Any]:
        """Open ones, one's own: an admin sees more rows, but asks about himself here."""
        return TokenFamily.objects.filter(
            user_id=person(request).pk, ended_at=None, expires_at__gt=timezone.now()
        )

    def delete(self, request: Request) -> Response:
        """Log out everywhere, admin sessions included."""
        end_all_sessions(
            user=User.objects.get(pk=person(request).pk), reason="asked for by the user"
        )
        return Response(detail("Logged out everywhere."))


class LoginDetailView(ApiView):
    """One of one's logins."""

    scopes = {"DELETE": "profile:write"}

    def delete(self, request: Request, id: UUID) -> Response:
        """Log that device out."""
        mine = TokenFamily.objects.filter(pk=id, user_id=person(request).pk)
        if not mine.exists() or not end_login(family_id=id, reason=FamilyEnd.LOGOUT):
            raise NotFound("There is no such open login of yours.")
        return Response(status=204)
