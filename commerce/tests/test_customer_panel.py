"""Orders on the customer's page, as far as the reader may see them."""

import pytest
from django.test import Client
from django.urls import reverse

from commerce.tests.shop import make_order
from crm.tests.factories import make_customer, make_user

pytestmark = pytest.mark.django_db


def page_for(user, customer) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(reverse("admin:crm_customer_change", args=[customer.pk]))
    assert answer.status_code == 200
    return answer.text


def test_a_customers_page_lists_their_orders_and_no_others():
    agent = make_user("agent")
    customer = make_customer(name="Ada", agents=(agent,))
    theirs = make_order(customer=customer)
    other = make_order()
    for reader in (make_user("manager"), agent):
        page = page_for(reader, customer)
        assert reverse("admin:commerce_order_change", args=[theirs.pk]) in page
        assert "10.00 EUR" in page
        assert "(&#x27;pending&#x27;" not in page  # a label, not a tuple
        assert other.number not in page


def test_beyond_ten_orders_the_whole_list_is_one_click_away():
    customer = make_customer(name="Ada")
    manager = make_user("manager")
    every = f"{reverse('admin:commerce_order_changelist')}?customer__id__exact={customer.pk}"
    for _ in range(10):
        make_order(customer=customer)
    assert every not in page_for(manager, customer)
    make_order(customer=customer)
    assert every in page_for(manager, customer)
    client = Client()
    client.force_login(manager)
    assert client.get(every).status_code == 200


def test_a_customer_without_orders_says_so():
    assert "No orders yet." in page_for(make_user("manager"), make_customer(name="Ada"))
