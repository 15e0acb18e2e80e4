"""Doors for API keys."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request

from accounts.api.inputs import NewKey, Rotation
from accounts.api.person import grant, person
from accounts.models import ApiKey, User
from accounts.services.api_keys import (
    OVERLAP,
    MadeKey,
    create_api_key,
    revoke_api_key,
    rotate_api_key,
)
from core.api import ApiView, DetailView, ListView, Response, Rows, made
from core.api.schema.shapes import shape_of_rows
from core.errors import NotFound

KEYS = Rows(
    model=ApiKey,
    columns={
        "id": "id",
        "name": "name",
        "prefix": made("tw_live_{}".format, "public_id", schema={"type": "string"}),
        "last4": "last4",
        "scopes": made(list, "scopes", schema={"type": "array", "items": {"type": "string"}}),
        "created_at": "created_at",
        "expires_at": "expires_at",
        "last_used_at": "last_used_at",
        "former_until": "former_until",
        "revoked_at": "revoked_at",
    },
)

_KEY_SCHEMA = shape_of_rows(KEYS, ApiKey)
MADE_KEY_SCHEMA = _KEY_SCHEMA | {
    "properties": _KEY_SCHEMA["properties"]
    | {"key": {"type": "string", "description": "The key itself, told this once"}}
}


def own_keys(request: Request) -> QuerySet[ApiKey]:
    """The caller's own; an admin manages those of others in the admin."""
    return ApiKey.objects.filter(owner_id=person(request).pk)


def own_key(request: Request, key_id: UUID) -> ApiKey:
    """One of them. Raises NotFound."""
    key = own_keys(request).filter(pk=key_id).first()
    if key is None:
        raise NotFound("There is no such key of yours.")
    return key


def shown_once(view: ApiView, key: MadeKey, *, status: int) -> Response:
    """The row with the key itself, which is never told again."""
    view.headers["Cache-Control"] = "no-store"
    return Response(
        KEYS.one(ApiKey.objects.filter(pk=key.row.pk)) | {"key": key.text}, status=status
    )


class ApiKeysView(ListView):
    """One's keys, without their secrets."""

    scopes = {"GET": "apikeys:read", "POST": "apikeys:write"}
    rows = KEYS
    filters = {"name": "name", "revoked_at": "revoked_at"}
    ordering = ("created_at", "name", "last_used_at")
    search = ("name",)
    input = NewKey
    output = {"POST": (201, MADE_KEY_SCHEMA)}

    def queryset_for(self, request: Request) -> QuerySet[Any]:
        """One's own."""
        return own_keys(request)

    def post(self, request: Request) -> Response:
        """Make a key. No wider than the credentials that ask for it."""
        given = self.valid()
        key = create_api_key(
            owner=User.objects.get(pk=person(request).pk),
            name=given["name"],
            scopes=given["scopes"],
            allowed=grant(request).scopes,
            expires_at=given.get("expires_at"),
        )
        return shown_once(self, key, status=201)


class ApiKeyView(DetailView):
    """One key."""

    scopes = {"GET": "apikeys:read", "DELETE": "apikeys:write"}
    rows = KEYS

    def queryset_for(self, request: Request) -> QuerySet[Any]:
        """One's own."""
        return own_keys(request)

    def delete(self, request: Request, id: UUID) -> Response:
        """Revoke it; refused everywhere within five seconds."""
        revoke_api_key(key=own_key(request, id))
        return Response(status=204)


class ApiKeyRotationView(ApiView):
    """A new secret for a key."""

    scopes = {"POST": "apikeys:write"}
    input = Rotation
    output = (200, MADE_KEY_SCHEMA)

    def post(self, request: Request, id: UUID) -> Response:
        """Rotate it; the former secret counts for a day, or as `overlap_hours` says."""
        hours = self.valid().get("overlap_hours")
        overlap = OVERLAP if hours is None else timedelta(hours=hours)
        key = rotate_api_key(key=own_key(request, id), overlap=overlap)
        return shown_once(self, key, status=200)
