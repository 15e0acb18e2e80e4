"""Orders taken for somebody: by a clerk, by an agent's program; paid on a mailed page."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.services.demo import create_demo_users
from commerce.models import CartLine, Order, StockItem, Variant
from commerce.services.carts import add_items, open_cart
from commerce.tests.quotes.shop import make_coupon, make_method, make_zone
from commerce.tests.shopper import HOME, Shopper
from crm.models import Customer
from notifications.models import Notification
from payments.models import Payment
from payments.tests.house import House
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, db: None) -> Client:
    """The manager at the admin."""
    client.force_login(create_demo_users()["manager"])
    return client


def send(desk: Client, **typed: str) -> str:
    answer = desk.post(reverse("admin:commerce_order_new"), typed, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_clerk_takes_an_order_and_its_buyer_pays_on_the_mailed_page(
    house: House, desk: Client, variant: Variant
) -> None:
    make_method(make_zone("FR"), price=490)
    make_coupon("SPRING", "10")
    listed = desk.get(reverse("admin:commerce_order_changelist")).content.decode()
    assert "Take an order" in listed
    assert desk.get(reverse("admin:commerce_order_new")).status_code == 200
    assert f'name="add_{variant.pk}"' in send(desk, do="find", find=variant.sku, currency="EUR")
    typed = HOME | {
        f"add_{variant.pk}": "2", "email": "ada@example.com", "codes": "spring",
        "currency": "EUR", "language": "fr", "notes": "Ring twice",
    }  # fmt: skip
    looked = send(desk, do="look", **typed)
    expected = re.search(r'name="expected" value="(\d+)"', looked)
    assert expected is not None
    assert int(expected[1]) == 2250 + 490
    assert not Order.objects.exists()
    said = send(desk, do="place", expected=expected[1], shipping_method="standard", **typed)
    order = Order.objects.get()
    assert f"{order.number} is placed" in said
    assert (order.source, order.payment_id, order.language) == ("admin", None, "fr")
    assert (order.coupon_code, order.notes, order.total_minor) == ("SPRING", "Ring twice", 2740)
    assert StockItem.objects.get(variant=variant).reserved == 2
    house.work()
    assert not Notification.objects.exists()  # nobody is told before staff say so
    answer = desk.post(
        reverse("order-ask-to-pay", args=[order.pk]), {"pay_at": "stripe"}, follow=True
    )
    assert "in the mail" in answer.content.decode()
    assert Notification.objects.get().kind == "order_payment_request"
    house.stripe.pay(house.session_of(Payment.objects.get()))
    house.deliver()
    house.work()
    order.refresh_from_db()
    assert (order.payment_status, order.status) == ("paid", "confirmed")


@pytest.mark.parametrize("wrong", [
    {"email": ""}, {"country": "XX"}, {"codes": "NOPE"}, {"expected": "1"}, {"expected": "x"},
])  # fmt: skip
def test_what_is_not_complete_is_not_placed(
    desk: Client, variant: Variant, wrong: dict[str, str]
) -> None:
    typed = HOME | {
        f"add_{variant.pk}": "2", "email": "ada@example.com", "currency": "EUR",
        "expected": "2500", "do": "place",
    }  # fmt: skip
    send(desk, **(typed | wrong))
    assert not Order.objects.exists()
    assert StockItem.objects.get(variant=variant).reserved == 0


def test_an_agent_takes_orders_of_customers_they_look_after_and_nobody_else_s(
    staff: dict[str, Shopper], variant: Variant
) -> None:
    stranger = Customer.objects.create(name="Eve", email="eve@example.com")
    body = {
        "currency": "EUR", "lines": [{"variant": str(variant.pk), "quantity": 1}],
        "shipping_address": HOME,
    }  # fmt: skip

    def sent(who: str, **whose: str) -> HttpResponse:
        return staff[who].post("orders/", body | whose, Idempotency_Key=str(uuid4()))

    assert sent("agent", customer=str(stranger.pk)).status_code == 404
    assert sent("agent", email="a@example.com").status_code == 403
    assert sent("shopper", email="a@example.com").status_code == 403
    assert not Order.objects.exists()
    made = sent("manager", customer=str(stranger.pk))
    assert made.status_code == 201, made.content
    assert made.json()["data"]["customer"] == str(stranger.pk)
    assert made.json()["data"]["email"] == "eve@example.com"


@pytest.mark.parametrize("things", [1, 4])
def test_any_number_of_things_is_put_in_the_cart_by_as_many_statements(
    make: Callable[..., Variant], things: int
) -> None:
    pieces = {make().pk: 2 for _ in range(things)}
    _, token = open_cart(currency="EUR")
    statements = queries_of(lambda: add_items(token=token, pieces=pieces))
    assert len([one for one in statements if "SAVEPOINT" not in one]) == 5, statements
    held = CartLine.objects.values_list("variant_id", "quantity")
    assert dict(held) == dict.fromkeys(pieces, 4)  # it was done twice
