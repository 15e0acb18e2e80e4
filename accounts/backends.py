"""Django's question "who is this?", for the admin and every page with a session."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.lookups import user_by_email, user_by_id
from accounts.models import User


class EmailBackend(ModelBackend):
    """E-mail address and password; users are looked up as the house."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        email: str | None = None,
        **_: Any,
    ) -> User | None:
        """The active user with this address and password; None costs as much time as a yes."""
        address = email or username
        if not address or password is None:
            return None
        user = user_by_email(address)
        if user is None:
            User().set_password(password)  # the same hash a known user costs
            return None
        right = user.check_password(password)
        return user if right and self.user_can_authenticate(user) else None

    def get_user(self, user_id: UUID | str) -> User | None:
        """The user of a session, with the role read."""
        user = user_by_id(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
