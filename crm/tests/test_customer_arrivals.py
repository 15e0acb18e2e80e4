"""get_or_create_customer: one person, one row, whoever asks at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection, transaction

from core.errors import Invalid
from core.identity import acting_as_system
from core.models import Event
from crm.models import Customer
from crm.services.customers import Elsewhere, get_or_create_customer, get_or_create_customers
from crm.tests.factories import make_customer, make_user

pytestmark = pytest.mark.django_db


def test_an_address_is_one_customer_in_any_spelling():
    first = get_or_create_customer(email=" Mia@Example.COM ", name="Mia", country="DE")
    again = get_or_create_customer(email="mia@example.com", name="Somebody else")
    assert again.pk == first.pk
    assert (again.name, again.email) == ("Mia", "mia@example.com")


def test_a_new_customer_is_announced_once_with_ids_only():
    customer = get_or_create_customer(email="mia@example.com", name="Mia")
    get_or_create_customer(email="mia@example.com", name="Mia")
    event = Event.objects.get(type="customer.created")
    assert event.subject == f"customer:{customer.pk}"
    assert event.data == {"customer_id": str(customer.pk), "version": 1, "changed": []}


def test_guests_without_an_address_are_different_people():
    assert get_or_create_customer(email=None).pk != get_or_create_customer(email=None).pk


def test_an_id_on_a_platform_wins_over_the_address():
    theirs = get_or_create_customer(
        email="old@example.com", external_platform="shopify", external_id="7"
    )
    found = get_or_create_customer(
        email="new@example.com", external_platform="shopify", external_id="7"
    )
    assert found.pk == theirs.pk
    other = get_or_create_customer(email=None, external_platform="woocommerce", external_id="7")
    assert other.pk != theirs.pk


def test_a_known_address_learns_its_id_on_a_platform():
    known = make_customer(email="mia@example.com")
    found = get_or_create_customer(
        email="mia@example.com", external_platform="shopify", external_id="7"
    )
    assert found.pk == known.pk
    known.refresh_from_db()
    assert (known.external_platform, known.external_id, known.version) == ("shopify", "7", 2)


def test_many_ids_of_a_platform_are_the_customers_one_by_one_would_be(
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
):
    known = get_or_create_customer(email=None, external_platform="shopify", external_id="7")
    gone = get_or_create_customer(email=None, external_platform="shopify", external_id="8")
    Customer.objects.filter(pk=gone.pk).update(merged_into=known.pk)
    buyers = [Elsewhere("shopify", number, country="DE") for number in ("9", "8", "7")]
    buyers += [Elsewhere("magento", "7", name="Mia")]
    found = get_or_create_customers(buyers)
    assert found["shopify", "7"] == found["shopify", "8"] == known.pk
    new = Customer.objects.get(pk=found["shopify", "9"])
    assert (new.external_id, new.country, new.email) == ("9", "DE", None)
    assert found["magento", "7"] not in (known.pk, gone.pk, new.pk)
    assert Event.objects.filter(type="customer.created").count() == 4
    # what is not there costs its event and nothing else
    with django_assert_num_queries(5 + 50):  # savepoint, look, insert, look, release
        get_or_create_customers([Elsewhere("shopify", f"n{n}") for n in range(50)])


def test_of_many_ids_a_value_that_does_not_fit_is_refused_by_name():
    with pytest.raises(Invalid) as refusal:
        get_or_create_customers([Elsewhere("shopify", "1", country="Atlantis")])
    assert "country" in refusal.value.details
    assert not Customer.objects.exists()


def test_signing_up_with_a_strangers_address_does_not_give_their_orders():
    strangers = make_customer(email="mia@example.com")
    impostor = make_user(email="mia@example.com")
    customer = get_or_create_customer(email="mia@example.com", user_id=impostor.pk)
    assert customer.pk != strangers.pk
    assert customer.email is None
    strangers.refresh_from_db()
    assert strangers.user_id is None


def test_a_login_cannot_take_an_address_before_its_owner_comes():
    early = get_or_create_customer(email="mia@example.com", user_id=make_user(email="x@y.org").pk)
    assert early.email is None
    owner = get_or_create_customer(email="mia@example.com", name="Mia")
    assert owner.pk != early.pk
    assert owner.email == "mia@example.com"


def test_a_confirmed_address_brings_its_history_to_the_login():
    guest = make_customer(email="mia@example.com")
    user = make_user(email="mia@example.com", email_confirmed_at=datetime.now(UTC))
    customer = get_or_create_customer(email="mia@example.com", user_id=user.pk)
    assert customer.pk == guest.pk
    assert customer.user_id == user.pk
    assert get_or_create_customer(email="other@example.com", user_id=user.pk).pk == guest.pk


def test_a_merged_customer_answers_for_the_one_it_became():
    winner = make_customer(email="mia@example.com")
    make_customer(
        email="mia@example.com",
        merged_into=winner,
        external_platform="shopify",
        external_id="7",
    )
    by_id = get_or_create_customer(email=None, external_platform="shopify", external_id="7")
    assert by_id.pk == winner.pk
    assert get_or_create_customer(email="mia@example.com").pk == winner.pk


def test_values_that_do_not_fit_are_refused_by_name():
    with pytest.raises(Invalid) as refusal:
        get_or_create_customer(email="mia@example.com", country="Germany")
    assert "country" in refusal.value.details


@pytest.mark.django_db(transaction=True)
def test_two_checkouts_at_once_make_one_customer():
    callers = 6
    barrier = Barrier(callers)

    def check_out(_: int) -> str:
        try:
            with acting_as_system("race"), transaction.atomic():
                barrier.wait(5)
                return str(get_or_create_customer(email="mia@example.com").pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(callers) as threads:
        made = set(threads.map(check_out, range(callers)))
    with transaction.atomic():
        assert made == {str(Customer.objects.get().pk)}
        assert Event.objects.filter(type="customer.created").count() == 1
