"""What the doors of this floor answer."""

from typing import Any

from accounts.models import User
from accounts.scopes import SCOPES, SCOPES_OF_ROLE, scopes_of
from accounts.services.tokens import Tokens

PEOPLES_ROLES = sorted(role.name.lower() for role in SCOPES_OF_ROLE)
USER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": [
        "id", "pk", "email", "email_verified", "full_name", "role", "scopes", "time_zone",
        "language", "avatar",
    ],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "pk": {"type": "string", "format": "uuid"},
        "email": {"type": "string", "format": "email"},
        "email_verified": {"type": "boolean"},
        "full_name": {"type": "string"},
        "role": {"type": "string", "enum": PEOPLES_ROLES},
        "scopes": {"type": "array", "items": {"type": "string", "enum": sorted(SCOPES)}},
        "time_zone": {"type": "string"},
        "language": {"type": "string"},
        "avatar": {"type": "string", "nullable": True},
    },
}  # fmt: skip
TOKENS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["access", "access_expiration", "refresh", "refresh_expiration", "user"],
    "additionalProperties": False,
    "properties": {
        "access": {"type": "string"},
        "access_expiration": {"type": "string", "format": "date-time"},
        "refresh": {"type": "string"},
        "refresh_expiration": {"type": "string", "format": "date-time"},
        "user": USER_SCHEMA,
    },
}
DETAIL_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["detail"],
    "additionalProperties": False,
    "properties": {"detail": {"type": "string"}},
}
REGISTERED_SCHEMA: dict[str, Any] = TOKENS_SCHEMA | {
    "required": [*TOKENS_SCHEMA["required"], "detail"],
    "properties": TOKENS_SCHEMA["properties"] | DETAIL_SCHEMA["properties"],
}


def user_answer(user: User) -> dict[str, Any]:
    """One's own user. `pk` beside `id`, because dj-rest-auth's clients ask for it."""
    return {
        "id": user.pk,
        "pk": user.pk,
        "email": user.email,
        "email_verified": user.email_confirmed,
        "full_name": user.full_name,
        "role": user.role.name.lower(),
        "scopes": sorted(scopes_of(user.role)),
        "time_zone": user.time_zone,
        "language": user.language,
        "avatar": user.avatar.url if user.avatar else None,
    }


def tokens_answer(tokens: Tokens) -> dict[str, Any]:
    """A pair of tokens and whose they are."""
    return {
        "access": tokens.access,
        "access_expiration": tokens.access_expires_at,
        "refresh": tokens.refresh,
        "refresh_expiration": tokens.refresh_expires_at,
        "user": user_answer(tokens.user),
    }


def detail(text: str) -> dict[str, str]:
    """A sentence, as dj-rest-auth gives it."""
    return {"detail": text}
