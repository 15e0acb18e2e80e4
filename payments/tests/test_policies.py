"""Who sees which money, decided by the database."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from accounts.models import User
from core.identity import Identity, Role, acting_as
from core.ids import new_id
from crm.models import Assignment, Customer
from payments.models import (
    LedgerEntry,
    LedgerTransaction,
    Payment,
    PaymentAttempt,
    PaymentEvent,
)
from payments.tests.house import House

pytestmark = pytest.mark.django_db
EVERYTHING = [Payment, PaymentAttempt, PaymentEvent, LedgerTransaction, LedgerEntry]


def seen_by(role: Role, model: Any, user_id: Any = None) -> int | None:
    """How many rows the role sees; None when it may not even ask."""
    with acting_as(Identity(role, user_id)):
        try:
            with transaction.atomic():
                return int(model.objects.count())
        except DatabaseError:
            return None


@pytest.fixture
def paid(house: House) -> Payment:
    payer = User.objects.create_user(email="amina@example.com")
    return house.paid(user_id=payer.pk, customer_id=new_id())


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER, Role.READONLY, Role.SYSTEM])
def test_wide_roles_see_all_money(paid: Payment, role: Role) -> None:
    assert all(seen_by(role, model) for model in EVERYTHING)


def test_strangers_see_none(paid: Payment) -> None:
    assert {seen_by(Role.ANONYMOUS, model) for model in EVERYTHING} == {None}


def test_a_shopper_sees_his_own_payments_and_no_books(paid: Payment) -> None:
    assert seen_by(Role.SHOPPER, Payment, paid.user_id) == 1
    assert seen_by(Role.SHOPPER, PaymentAttempt, paid.user_id) == 1
    assert seen_by(Role.SHOPPER, Payment, uuid4()) == 0
    assert seen_by(Role.SHOPPER, PaymentAttempt, uuid4()) == 0
    assert seen_by(Role.SHOPPER, LedgerEntry, paid.user_id) == 0


def test_an_agent_sees_payments_of_assigned_customers(paid: Payment) -> None:
    agent = User.objects.create_user(email="agent@staff.example.com")
    assert seen_by(Role.AGENT, Payment, agent.pk) == 0
    Customer.objects.create(pk=paid.customer_id, email="amina@example.com")
    Assignment.objects.create(customer_id=paid.customer_id, user_id=agent.pk)
    assert seen_by(Role.AGENT, Payment, agent.pk) == 1
    assert seen_by(Role.AGENT, PaymentEvent, agent.pk) == 2
    assert seen_by(Role.AGENT, LedgerEntry, agent.pk) is None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.UNBOUND])
def test_nobody_changes_or_deletes_what_was_written_once(paid: Payment, role: Role) -> None:
    for model in (PaymentEvent, LedgerTransaction, LedgerEntry):
        for change in (
            lambda model=model: model.objects.update(id=1),
            lambda model=model: model.objects.all()._raw_delete("default"),
        ):
            with acting_as(Identity(role, uuid4())), pytest.raises(DatabaseError):
                _atomically(change)


def _atomically(change: Any) -> None:
    with transaction.atomic():
        change()
