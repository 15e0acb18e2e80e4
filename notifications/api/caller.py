"""Whose rows a request is about."""

from uuid import UUID

from rest_framework.request import Request


def caller_id(request: Request) -> UUID:
    """The signed-in user; these doors let nobody else in."""
    user_id = request.user.pk
    assert isinstance(user_id, UUID), "the permission lets only users in"  # noqa: S101
    return user_id
