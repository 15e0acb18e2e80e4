"""The clerk's page on which an order's lines are changed: found, looked at, confirmed."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services.demo import create_demo_users
from commerce.models import Order, Variant
from commerce.tests.shop import make_order, make_variant, make_vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, db: None) -> Client:
    """The manager at the admin."""
    client.force_login(create_demo_users()["manager"])
    return client


@pytest.fixture
def order(variant: Variant) -> Order:
    return make_order(variant.vendor)


def page(desk: Client, order: Order, **typed: str) -> str:
    url = reverse("admin:commerce_order_goods", args=[order.pk])
    answer = desk.post(url, typed, follow=True) if typed else desk.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_lines_are_changed_after_a_look_at_what_it_comes_to(
    desk: Client, order: Order, variant: Variant
) -> None:
    line = order.lines.get()
    assert (
        reverse("admin:commerce_order_goods", args=[order.pk])
        in desk.get(reverse("admin:commerce_order_change", args=[order.pk])).content.decode()
    )
    assert f'name="line_{line.pk}" value="1"' in page(desk, order)
    found = page(desk, order, do="find", find=variant.sku.lower())
    assert f'name="add_{variant.pk}"' in found
    typed = {f"line_{line.pk}": "2", f"add_{variant.pk}": "3", "reason": "rang", "revision": "0"}
    looked = page(desk, order, do="look", **typed)
    assert "A: 1 → 2" in looked
    assert "57.50" in looked
    order.refresh_from_db()
    assert (order.revision, order.total_minor) == (0, 1000)
    expected = re.search(r'name="expected" value="(\d+)"', looked)
    assert expected is not None
    said = page(desk, order, do="confirm", expected=expected[1], **typed)
    assert "is changed: it costs" in said
    order.refresh_from_db()
    assert (order.revision, order.total_minor) == (1, 2000 + 3 * 1250)
    assert "lines, total" in said  # the revision


@pytest.mark.parametrize("typed", [
    {"do": "confirm"}, {"do": "confirm", "expected": "1"}, {"do": "look", "add_x": "1"},
    {"do": "look", "add_0": "many"}, {"do": "confirm", "expected": "x", "revision": "x"},
])  # fmt: skip
def test_what_was_not_looked_at_is_not_confirmed(
    desk: Client, order: Order, typed: dict[str, str]
) -> None:
    line = order.lines.get()
    given = {f"line_{line.pk}": "2", "reason": "rang", "revision": "0"} | typed
    assert "is changed: it costs" not in page(desk, order, **given)
    order.refresh_from_db()
    assert order.revision == 0


def test_who_may_not_change_orders_finds_no_form(client: Client) -> None:
    order = make_order(make_vendor())
    client.force_login(create_demo_users()["readonly"])
    url = reverse("admin:commerce_order_goods", args=[order.pk])
    assert client.get(url).status_code == 404
    assert client.post(url, {"do": "confirm"}).status_code == 404


def test_nothing_on_sale_is_told(desk: Client, order: Order) -> None:
    make_variant(make_vendor(), currency="USD")
    assert "Nothing on sale is called" in page(desk, order, do="find", find="zzz")
