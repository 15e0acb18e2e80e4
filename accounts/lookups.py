"""Finding the user behind credentials, before anybody is known to be acting.

Nobody's role may read other people's users, logins or keys. Proving who one is therefore runs as
the house, with the reason named, in a transaction of its own (docs/decisions/0011).
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.emails import normalise_email
from accounts.models import ApiKey, TokenFamily, User
from accounts.recent import Recent
from core.identity import acting_as_system

SECONDS = 5.0  # how long an ended login or a disabled user may still be let in


@contextmanager
def looking_up() -> Iterator[None]:
    """As the house, inside one transaction."""
    with acting_as_system("prove who it is"), transaction.atomic():
        yield


def user_by_id(user_id: UUID | str) -> User | None:
    """The user with the role read; None when there is none."""
    with looking_up():
        return _with_role(User.objects.filter(pk=user_id).first())


def user_by_email(email: str) -> User | None:
    """The user with this login, in any spelling of its case."""
    with looking_up():
        return _with_role(User.objects.filter(email=normalise_email(email)).first())


@dataclass(frozen=True, slots=True)
class Login:
    """A login and its user, as they were up to five seconds ago."""

    user: User
    epoch: int
    ended: bool
    expires_at: datetime

    def holds(self, *, epoch: int) -> bool:
        """Whether access tokens made at `epoch` are still good."""
        return (
            self.user.is_active
            and not self.ended
            and self.expires_at > timezone.now()
            and self.user.session_epoch == self.epoch == epoch
        )


_logins: Recent[UUID, Login | None] = Recent(seconds=SECONDS, size=20_000)
_keys: Recent[str, ApiKey | None] = Recent(seconds=SECONDS, size=5_000)


def login_of(family_id: UUID) -> Login | None:
    """The login an access token names, remembered for up to five seconds."""
    return _logins.get(family_id, lambda: _ask_login(family_id))


def api_key_by_public_id(public_id: str) -> ApiKey | None:
    """The key's row with its owner, one indexed read, remembered for up to five seconds.

    Unknown ids are remembered as well: a flood of them does not reach the database twice.
    """
    return _keys.get(public_id, lambda: _ask_key(public_id))


def own_copy(user: User) -> User:
    """A user a request may change without changing it for those who share the remembered one."""
    return copy.copy(user)


def forget_user(user_id: UUID) -> None:
    """Have this process ask again about a user whose access just changed."""
    _logins.forget(lambda _, login: login is not None and login.user.pk == user_id)
    _keys.forget(lambda _, key: key is not None and key.owner_id == user_id)


def forget_everything() -> None:
    """For tests, and for whoever restores a backup under a running process."""
    _logins.forget()
    _keys.forget()


def _ask_login(family_id: UUID) -> Login | None:
    with looking_up():
        family = TokenFamily.objects.select_related("user").filter(pk=family_id).first()
        if family is None:
            return None
        _with_role(family.user)
        return Login(
            user=family.user,
            epoch=family.epoch,
            ended=family.ended_at is not None,
            expires_at=family.expires_at,
        )


def _ask_key(public_id: str) -> ApiKey | None:
    with looking_up():
        key = ApiKey.objects.select_related("owner").filter(public_id=public_id).first()
        if key is not None:
            _with_role(key.owner)
        return key


def _with_role(user: User | None) -> User | None:
    """Read the role now: the user's own identity will not see everybody's groups."""
    if user is not None:
        _ = user.role
    return user
