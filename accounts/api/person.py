"""Who asks, for doors that only open to people."""

from rest_framework.request import Request

from accounts.grants import Grant
from accounts.models import User


def person(request: Request) -> User:
    """The user behind the credentials."""
    user = request.user
    assert isinstance(user, User), "the door's scopes let a stranger in"  # noqa: S101
    return user


def grant(request: Request) -> Grant:
    """The credentials themselves."""
    held = request.auth
    assert isinstance(held, Grant), "the door's scopes let a stranger in"  # noqa: S101
    return held
