"""Making users."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import transaction
from django.utils import timezone

from accounts.emails import normalise_email
from core.identity import Role, acting_as_system, current_identity


class UserManager(BaseUserManager[Any]):
    """Users are known by their e-mail address, in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Any:
        """An ordinary user; without a password nobody can log in with one."""
        user = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Any:
        """One who may do everything (`manage.py createsuperuser`); the address is vouched for."""
        fields.setdefault("email_confirmed_at", timezone.now())
        with _terminal():
            return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> Any:
        """Log in with any spelling of the address's case."""
        with _terminal():
            return self.get(email=normalise_email(email or ""))


@contextmanager
def _terminal() -> Iterator[None]:
    """Django's own commands ask without an identity; whoever has the terminal is the house."""
    if current_identity().role is not Role.UNBOUND:
        yield
        return
    with acting_as_system("terminal"), transaction.atomic():
        yield
