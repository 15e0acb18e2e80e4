"""Access tokens: short-lived signed statements of who asks (JWT profile of RFC 9068).

Whether the statement still holds (user active, login not ended, epoch unchanged) is asked of the
database by accounts/lookups.py; here is only what the token itself says.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
from django.conf import settings

from accounts.keys import ACCESS_TOKENS, derived_keys, key_id
from core.ids import new_id

ALGORITHM = "HS256"
TYPE = "at+jwt"
AUDIENCE = "tradewind-api"
LIFETIME = timedelta(minutes=10)
LEEWAY = timedelta(seconds=5)  # clocks of two web machines
LONGEST = 2048  # characters; ours have about 500
CLAIMS = ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "epoch", "role"]


class TokenRefused(Exception):
    """Not one of ours, changed, or past its end. Never says which."""


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a genuine token says. `role` is a hint for clients; rights come from the database."""

    user_id: UUID
    family_id: UUID
    epoch: int
    role: str
    token_id: str
    expires_at: datetime


def issue(*, user_id: UUID, family_id: UUID, epoch: int, role: str) -> tuple[str, datetime]:
    """A new access token and when it ends."""
    now = datetime.now(UTC).replace(microsecond=0)
    expires_at = now + LIFETIME
    key = derived_keys(ACCESS_TOKENS)[0]
    token = jwt.encode(
        {
            "iss": settings.BASE_URL,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "sid": str(family_id),
            "jti": str(new_id()),
            "iat": now,
            "exp": expires_at,
            "epoch": epoch,
            "role": role,
        },
        key,
        algorithm=ALGORITHM,
        headers={"typ": TYPE, "kid": key_id(key)},
    )
    return token, expires_at


def read(token: str) -> AccessClaims:
    """The claims of a genuine, unexpired token. Raises TokenRefused for anything else."""
    if len(token) > LONGEST:
        raise TokenRefused
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(
            token,
            _key_named(header),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=settings.BASE_URL,
            leeway=LEEWAY,
            options={"require": CLAIMS},
        )
        return _typed(claims)
    except (jwt.InvalidTokenError, ValueError, TypeError, KeyError, AttributeError):
        raise TokenRefused from None


def _key_named(header: dict[str, object]) -> bytes:
    """The key of the header's `kid`; the header decides nothing else."""
    if header.get("typ") != TYPE or header.get("alg") != ALGORITHM:
        raise TokenRefused
    for key in derived_keys(ACCESS_TOKENS):
        if header.get("kid") == key_id(key):
            return key
    raise TokenRefused


def _typed(claims: dict[str, object]) -> AccessClaims:
    epoch, role, expires = claims["epoch"], claims["role"], claims["exp"]
    if type(epoch) is not int or not isinstance(role, str) or not isinstance(expires, int):
        raise TokenRefused
    return AccessClaims(
        user_id=UUID(str(claims["sub"])),
        family_id=UUID(str(claims["sid"])),
        epoch=epoch,
        role=role,
        token_id=str(claims["jti"]),
        expires_at=datetime.fromtimestamp(expires, UTC),
    )
