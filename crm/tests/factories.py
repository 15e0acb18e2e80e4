"""Rows for tests, made by the house."""

from itertools import count
from typing import Any

from django.contrib.auth.models import Group

from accounts.models import User
from core.identity import Identity
from core.identity.middleware import identity_of
from crm.models import Assignment, Customer

_numbers = count(1)


def make_user(role: str = "", **fields: Any) -> User:
    """A user; `role` is the name of a staff group, none for a shopper."""
    fields.setdefault("email", f"user{next(_numbers)}@example.com")
    user = User.objects.create_user(password="secret", is_staff=bool(role), **fields)
    if role:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    return user


def make_customer(*, agents: tuple[User, ...] = (), **fields: Any) -> Customer:
    """A customer, looked after by `agents`."""
    fields.setdefault("name", f"Customer {next(_numbers)}")
    customer = Customer.objects.create(**fields)
    for agent in agents:
        Assignment.objects.create(user=agent, customer=customer)
    return customer


def identity_for(user: User) -> Identity:
    """What the user's requests act under."""
    return identity_of(User.objects.get(pk=user.pk))
