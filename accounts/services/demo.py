"""The five demo logins, for `manage.py demo` and nothing else."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.users import set_role
from core.identity import Role, acting_as_system

PASSWORD = "tradewind-demo"  # noqa: S105  - printed on the screen, on purpose


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One of them."""

    email: str
    full_name: str
    role: Role


DEMO_LOGINS = (
    DemoLogin("admin@example.com", "Ada Admiral", Role.ADMIN),
    DemoLogin("manager@example.com", "Mara Mainsail", Role.MANAGER),
    DemoLogin("agent@example.com", "Arno Anchor", Role.AGENT),
    DemoLogin("readonly@example.com", "Rita Reader", Role.READONLY),
    DemoLogin("shopper@example.com", "Sam Shopper", Role.SHOPPER),
)


def create_demo_users() -> dict[str, User]:
    """Make those that are missing; the users by the name of their role ("admin", "shopper" ...).

    May be run again: users who are there keep their password and their role.
    """
    with acting_as_system("demo"), transaction.atomic():
        return {login.role.name.lower(): _user(login) for login in DEMO_LOGINS}


def _user(login: DemoLogin) -> User:
    known = User.objects.filter(email=login.email).first()
    if known is not None:
        return known
    user: User = User.objects.create_user(
        login.email, PASSWORD, full_name=login.full_name, email_confirmed_at=timezone.now()
    )
    if login.role is not Role.SHOPPER:
        set_role(user=user, role=login.role)
    return user
