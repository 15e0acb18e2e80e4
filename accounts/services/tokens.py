"""Logins on a device: begin one, carry it on by refresh tokens, end it.

Refresh tokens are single-use. Who wins is decided by one conditional UPDATE. A token that comes
back within ten seconds of its use (two tabs, a lost answer) gets the same successor; later it
means that two parties hold it, and the whole login ends (OAuth 2 security BCP, RFC 9700 4.14.2;
ASVS 10.4.5). A successor is derived from its predecessor and a key of ours, so that it can be
given twice and is stored nowhere.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts import access_tokens
from accounts.enums import FamilyEnd
from accounts.keys import REFRESH_TOKENS, derived_keys
from accounts.lookups import forget_user
from accounts.models import RefreshToken, TokenFamily, User
from core.audit import record_audit
from core.errors import NotAuthenticated
from core.events import publish
from core.identity import acting_as_system

IDLE = timedelta(days=14)  # without a refresh
ABSOLUTE = timedelta(days=60)  # however busy
GRACE = timedelta(seconds=10)
PREFIX = "twr_"
LONGEST_AGENT = 300

REFUSED = "This login has ended. Please log in again."


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client gets. The texts stay out of reprs and thus out of logs."""

    user: User
    family_id: UUID
    access: str = field(repr=False)
    access_expires_at: datetime
    refresh: str = field(repr=False)
    refresh_expires_at: datetime


def begin_login(*, user: User, ip: str | None = None, agent: str = "") -> Tokens:
    """A new family with its first tokens, for a user whose identity was proven.

    The epoch is that of `user` as it was read before the proof: a password changed meanwhile
    makes the new login stillborn instead of letting the old password in.
    """
    now = timezone.now()
    token = PREFIX + _text(secrets.token_bytes(32))
    with acting_as_system("login"), transaction.atomic():
        family = TokenFamily.objects.create(
            user=user,
            epoch=user.session_epoch,
            expires_at=now + ABSOLUTE,
            ip=ip,
            agent=agent[:LONGEST_AGENT],
        )
        User.objects.filter(pk=user.pk).update(last_login=now)
        return _tokens(user, family, token, _keep(family, token, now))


def refresh_login(*, token: str) -> Tokens:
    """The next pair of tokens. Raises NotAuthenticated for anything but a good refresh token.

    What a refusal writes (the end of a login whose token came back) is committed before it is
    raised, so call it outside a transaction.
    """
    with acting_as_system("refresh"), transaction.atomic():
        tokens = _rotate(token)
    if tokens is None:
        raise NotAuthenticated(REFUSED)
    return tokens


def end_login(*, family_id: UUID, reason: FamilyEnd = FamilyEnd.LOGOUT) -> bool:
    """End one login; its access tokens follow within five seconds. False if it had ended."""
    with acting_as_system("end login"), transaction.atomic():
        family = TokenFamily.objects.select_related("user").filter(pk=family_id).first()
        return family is not None and _end(family, reason)


def end_login_by_token(*, token: str) -> bool:
    """Log out with nothing but the refresh token in hand."""
    with acting_as_system("end login"), transaction.atomic():
        row = _find(token)
        return row is not None and _end(row.family, FamilyEnd.LOGOUT)


def end_logins_of(user: User) -> int:
    """Mark every open login of a user as ended; part of accounts.services.sessions."""
    open_ones = TokenFamily.objects.filter(user=user, ended_at__isnull=True)
    return open_ones.update(ended_at=Now(), end_reason=FamilyEnd.ENDED)


def _rotate(token: str) -> Tokens | None:
    """Inside the caller's transaction; None is a refusal whose traces must be committed."""
    row = _find(token)
    now = timezone.now()
    if row is None or not _is_open(row.family, now) or row.expires_at <= now:
        return None
    successor = _successor(token)
    won = RefreshToken.objects.filter(pk=row.pk, used_at__isnull=True).update(used_at=Now())
    if won:
        expires_at = _keep(row.family, successor, now)
        TokenFamily.objects.filter(pk=row.family_id).update(last_used_at=Now())
        return _tokens(row.family.user, row.family, successor, expires_at)
    if not RefreshToken.objects.filter(pk=row.pk, used_at__gt=Now() - GRACE).exists():
        _end_because_of_reuse(row.family)
        return None
    followed = RefreshToken.objects.filter(digest=_digest(successor)).first()
    if followed is None:
        return None
    return _tokens(row.family.user, row.family, successor, followed.expires_at)


def _is_open(family: TokenFamily, now: datetime) -> bool:
    user = family.user
    return (
        family.ended_at is None
        and family.expires_at > now
        and user.is_active
        and user.session_epoch == family.epoch
    )


def _end_because_of_reuse(family: TokenFamily) -> None:
    """Somebody else holds a copy: nobody gets in with it any more, and the user is told."""
    _end(family, FamilyEnd.REUSE)
    record_audit(
        action="user.token_reused",
        resource=f"user:{family.user_id}",
        details={"login": str(family.pk)},
        success=False,
    )
    publish(
        type="user.token_reused",
        subject=f"user:{family.user_id}",
        data={"user_id": str(family.user_id), "login_id": str(family.pk)},
        dedupe_key=f"user.token_reused:{family.pk}",
    )


def _end(family: TokenFamily, reason: FamilyEnd) -> bool:
    ended = TokenFamily.objects.filter(pk=family.pk, ended_at__isnull=True).update(
        ended_at=Now(), end_reason=reason
    )
    transaction.on_commit(lambda: forget_user(family.user_id))
    return bool(ended)


def _find(token: str) -> RefreshToken | None:
    return RefreshToken.objects.select_related("family__user").filter(digest=_digest(token)).first()


def _keep(family: TokenFamily, token: str, now: datetime) -> datetime:
    """Store a token's digest; when the token ends."""
    expires_at = min(now + IDLE, family.expires_at)
    RefreshToken.objects.create(family=family, digest=_digest(token), expires_at=expires_at)
    return expires_at


def _tokens(user: User, family: TokenFamily, refresh: str, expires_at: datetime) -> Tokens:
    access, access_expires_at = access_tokens.issue(
        user_id=user.pk, family_id=family.pk, epoch=family.epoch, role=user.role.name.lower()
    )
    return Tokens(user, family.pk, access, access_expires_at, refresh, expires_at)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _successor(token: str) -> str:
    key = derived_keys(REFRESH_TOKENS)[0]
    return PREFIX + _text(hmac.new(key, token.encode(), hashlib.sha256).digest())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
