"""Packing lists: a sheet a part, what is to go out and nothing else."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services.demo import create_demo_users
from commerce.admin.packing import MOST_AT_ONCE, sheets_of
from commerce.models import Order, OrderLine
from commerce.tests.shop import make_order, make_vendor
from core.ids import new_id
from tests.cost import queries_of

pytestmark = pytest.mark.django_db

PACKING = "admin:commerce_order_packing"


@pytest.fixture
def people(db: None) -> dict[str, User]:
    return create_demo_users()


@pytest.fixture
def desk(people: dict[str, User]) -> Client:
    client = Client()
    client.force_login(people["manager"])
    return client


def two_vendors() -> Order:
    order = make_order(make_vendor(name="Kyoto Iron"), notes="Leave it with the neighbour")
    OrderLine.objects.create(
        order=order, position=2, vendor=make_vendor(name="Lyon Linen"), sku="B", name="Towel",
        quantity=3, currency="EUR", unit_price_minor=0, total_minor=0,
    )  # fmt: skip
    return order


def test_each_vendors_part_has_a_sheet_of_its_own_lines() -> None:
    order = two_vendors()
    first, second = sheets_of(Order.objects.filter(pk=order.pk))
    assert (first.vendor, [line.sku for line in first.lines]) == ("Kyoto Iron", ["A"])
    assert (second.vendor, second.pieces) == ("Lyon Linen", 3)
    assert first.number != second.number
    assert first.note == "Leave it with the neighbour"


def test_what_was_cancelled_is_not_packed() -> None:
    order = make_order(make_vendor(), status="cancelled")
    assert sheets_of(Order.objects.filter(pk=order.pk)) == []


def test_the_page_shows_the_address_and_no_prices(desk: Client) -> None:
    order = make_order(make_vendor())
    page = desk.get(reverse(PACKING), {"orders": str(order.pk)}).content.decode()
    for part in (order.number, "Ada", "Rue 1", "Lyon", "Teapot", "Not paid: do not send"):
        assert part in page, part
    assert "10.00" not in page
    assert "EUR" not in page


def test_the_lists_action_leads_to_the_sheets_of_the_chosen(desk: Client) -> None:
    orders = [make_order(make_vendor()) for _ in range(2)]
    answer = desk.post(
        reverse("admin:commerce_order_changelist"),
        {"action": "packing_lists", "_selected_action": [str(order.pk) for order in orders]},
        follow=True,
    )
    page = answer.content.decode()
    assert page.count("<section>") == 2
    assert all(order.number in page for order in orders)


def test_an_order_page_leads_to_its_sheet(desk: Client) -> None:
    order = make_order(make_vendor())
    page = desk.get(reverse("admin:commerce_order_change", args=[order.pk])).content.decode()
    assert "Packing list" in page
    answer = desk.get(reverse("admin:commerce_order_packing_list", args=[order.pk]), follow=True)
    assert order.number in answer.content.decode()


def test_an_agent_prints_only_what_they_may_see(people: dict[str, User]) -> None:
    agent = Client()
    agent.force_login(people["agent"])
    order = make_order(make_vendor())
    page = agent.get(reverse(PACKING), {"orders": str(order.pk)}).content.decode()
    assert "Nothing to pack" in page
    assert "Ada" not in page


@pytest.mark.parametrize("asked", ["", "x", "1,2", ",".join(["x"] * 300)])
def test_nonsense_leads_back_with_a_sentence(desk: Client, asked: str) -> None:
    answer = desk.get(reverse(PACKING), {"orders": asked}, follow=True)
    assert f"Choose 1 to {MOST_AT_ONCE} orders" in answer.content.decode()


def test_more_than_the_limit_is_refused(desk: Client) -> None:
    asked = ",".join(str(new_id()) for _ in range(MOST_AT_ONCE + 1))
    answer = desk.get(reverse(PACKING), {"orders": asked}, follow=True)
    assert "Choose 1 to" in answer.content.decode()


def test_many_sheets_cost_as_many_queries_as_one(desk: Client) -> None:
    one = [str(make_order(make_vendor()).pk)]
    many = one + [str(make_order(make_vendor()).pk) for _ in range(5)]

    def cost(ids: list[str]) -> int:
        return len(queries_of(lambda: desk.get(reverse(PACKING), {"orders": ",".join(ids)})))

    assert cost(many) == cost(one)
