"""Orders over HTTP: who sees which, and the next step."""

import pytest
from django.http import HttpResponse

from accounts.models import User
from commerce.models import Order
from commerce.tests.shop import make_order, make_vendor
from commerce.tests.shopper import Shopper
from core.api.testing import assert_matches_schema
from core.ids import new_id
from crm.models import Assignment, Customer
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


def numbers(shopper: Shopper) -> set[str]:
    answer = shopper.get("orders/")
    assert answer.status_code == 200, answer.content
    return {row["number"] for row in answer.json()["data"]}


def test_each_role_sees_its_orders(staff: dict[str, Shopper]) -> None:
    agent, shopper = (
        User.objects.get(email=f"{role}@example.com") for role in ("agent", "shopper")
    )
    ada = Customer.objects.create(name="Ada")
    Assignment.objects.create(user=agent, customer=ada)
    of_ada = make_order(make_vendor(), customer=ada)
    of_shopper = make_order(make_vendor(), user=shopper)
    of_nobody = make_order()
    everything = {of_ada.number, of_shopper.number, of_nobody.number}
    for role in ("admin", "manager", "readonly"):
        assert numbers(staff[role]) == everything
    assert numbers(staff["agent"]) == {of_ada.number}
    assert numbers(staff["shopper"]) == {of_shopper.number}
    assert staff["agent"].get(f"orders/{of_nobody.pk}/").status_code == 404
    assert staff["shopper"].get(f"orders/{of_ada.pk}/").status_code == 404
    seen = staff["agent"].get(f"orders/{of_ada.pk}/").json()["data"]
    assert [line["name"] for line in seen["lines"]] == ["Teapot"]


def test_nobody_is_asked_who_they_are(shop: Shopper) -> None:
    order = make_order()
    assert shop.get("orders/").status_code == 401
    assert shop.get(f"orders/{order.pk}/").status_code == 401


def test_a_page_of_orders_costs_the_same_for_one_or_five(staff: dict[str, Shopper]) -> None:
    vendor = make_vendor()

    def add() -> None:
        make_order(vendor, customer=Customer.objects.create(name="A"))

    def look() -> HttpResponse:
        return staff["manager"].get("orders/", expand="customer,history")

    add()
    one = queries_of(look)
    for _ in range(4):
        add()
    assert len(queries_of(look)) == len(one)
    answer = look()
    rows = answer.json()["data"]
    assert len(rows) == 5
    assert all(row["customer"]["name"] == "A" for row in rows)
    assert all(row["history"][0]["status"] == "pending" for row in rows)
    assert all(len(row["lines"]) == 1 for row in rows)
    assert_matches_schema(answer)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "pending"}, 2),
        ({"status__in": "shipped,delivered"}, 1),
        ({"total_minor__gte": "1001"}, 0),
        ({"search": "buyer@example"}, 3),
        ({"country": "DE"}, 1),
        ({"placed_at__gte": "2000-01-01"}, 3),
    ],
)
def test_orders_are_filtered(staff: dict[str, Shopper], query: dict[str, str], found: int) -> None:
    make_order()
    make_order(country="DE")
    make_order(status="shipped")
    answer = staff["manager"].get("orders/", **query)
    assert answer.json()["meta"]["count"] == found


@pytest.mark.parametrize("query", [{"status": "lost"}, {"colour": "red"}, {"placed_at__gte": "x"}])
def test_a_wrong_question_is_a_400(staff: dict[str, Shopper], query: dict[str, str]) -> None:
    answer = staff["manager"].get("orders/", **query)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"]


def test_an_order_takes_its_next_step_and_says_who_and_why(staff: dict[str, Shopper]) -> None:
    order = make_order()
    path = f"orders/{order.pk}/transitions/"
    moved = staff["manager"].post(path, {"to": "confirmed", "reason": "checked"})
    assert moved.status_code == 200, moved.content
    assert_matches_schema(moved)
    assert moved.json()["data"]["status"] == "confirmed"
    assert "shipped" in moved.json()["data"]["next_steps"]
    history = staff["manager"].get(path)
    assert_matches_schema(history)
    step = history.json()["data"][-1]
    manager = User.objects.get(email="manager@example.com")
    assert (step["previous"], step["status"], step["reason"], step["actor"]) == (
        "pending", "confirmed", "checked", str(manager.pk),
    )  # fmt: skip


def test_an_illegal_step_is_refused_with_the_allowed_ones(staff: dict[str, Shopper]) -> None:
    order = make_order()
    answer = staff["manager"].post(f"orders/{order.pk}/transitions/", {"to": "delivered"})
    assert answer.status_code == 409
    assert answer.json()["error"]["details"]["allowed"] == ["confirmed", "processing", "cancelled"]


@pytest.mark.parametrize(
    ("body", "status"),
    [({"to": "lost"}, 400), ({}, 400), ({"to": 1}, 400), ({"to": "confirmed", "by": "me"}, 400)],
)
def test_a_wrong_step_is_a_400(
    staff: dict[str, Shopper], body: dict[str, object], status: int
) -> None:
    order = make_order()
    answer = staff["manager"].post(f"orders/{order.pk}/transitions/", body)
    assert answer.status_code == status
    assert (
        staff["manager"].post(f"orders/{new_id()}/transitions/", {"to": "confirmed"}).status_code
        == 404
    )


@pytest.mark.parametrize(("role", "status"), [("agent", 404), ("readonly", 403), ("shopper", 403)])
def test_who_may_not_move_an_order_changes_nothing(
    staff: dict[str, Shopper], role: str, status: int
) -> None:
    order = make_order()
    answer = staff[role].post(f"orders/{order.pk}/transitions/", {"to": "cancelled"})
    assert answer.status_code == status
    assert Order.objects.get(pk=order.pk).status == "pending"


def test_an_agent_cancels_an_order_of_an_assigned_customer(staff: dict[str, Shopper]) -> None:
    ada = Customer.objects.create(name="Ada")
    Assignment.objects.create(user=User.objects.get(email="agent@example.com"), customer=ada)
    order = make_order(customer=ada)
    answer = staff["agent"].post(f"orders/{order.pk}/transitions/", {"to": "cancelled"})
    assert answer.status_code == 200, answer.content
