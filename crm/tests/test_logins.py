from datetime import UTC, datetime

import pytest

from core.events import Event, Ignore
from crm.models import Customer
from crm.services.customers import get_or_create_customer
from crm.subscribers import join_customer_and_login
from crm.tests.factories import make_customer, make_user

pytestmark = pytest.mark.django_db


def confirmed(user) -> Event:
    return Event(
        id=1, type="user.email_confirmed", source="tradewind", subject=f"user:{user.pk}",
        data={"user_id": str(user.pk)}, body=None, headers={}, actor_id=None,
        occurred_at=datetime.now(UTC),
    )  # fmt: skip


def confirmed_user(email: str):
    return make_user(email=email, email_confirmed_at=datetime.now(UTC))


def test_a_guests_customer_becomes_the_logins_once_the_address_is_confirmed():
    guest = make_customer(email="mia@example.com")
    user = confirmed_user("mia@example.com")
    join_customer_and_login(confirmed(user))
    guest.refresh_from_db()
    assert (guest.user, guest.version) == (user, 2)
    with pytest.raises(Ignore):  # told twice, done once
        join_customer_and_login(confirmed(user))


def test_an_unconfirmed_address_joins_nothing():
    guest = make_customer(email="mia@example.com")
    with pytest.raises(Ignore):
        join_customer_and_login(confirmed(make_user(email="mia@example.com")))
    guest.refresh_from_db()
    assert guest.user_id is None


def test_a_login_with_a_customer_of_its_own_gets_the_free_address():
    user = confirmed_user("mia@example.com")
    own = get_or_create_customer(email=None, user_id=user.pk)
    join_customer_and_login(confirmed(user))
    own.refresh_from_db()
    assert own.email == "mia@example.com"


def test_two_rows_of_one_person_are_left_for_staff_to_merge():
    user = confirmed_user("mia@example.com")
    own = get_or_create_customer(email=None, user_id=user.pk)
    guest = make_customer(email="mia@example.com")
    with pytest.raises(Ignore):
        join_customer_and_login(confirmed(user))
    assert Customer.objects.get(user=user) == own
    guest.refresh_from_db()
    assert guest.user_id is None
