"""Views of a list: what ships counts what waits; staff keep their own and share."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services.demo import create_demo_users
from commerce.tests.shop import make_order
from core.models import SavedView
from tests.cost import queries_of

pytestmark = pytest.mark.django_db

LIST = "admin:commerce_order_changelist"
SAVE = "admin:commerce_order_save_view"


@pytest.fixture
def people(db: None) -> dict[str, User]:
    return create_demo_users()


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def seen(answer: HttpResponse) -> str:
    assert answer.status_code == 200, answer.content[:2000]
    return answer.content.decode()


def save(client: Client, name: str, query: str, **more: str) -> str:
    return seen(client.post(reverse(SAVE), {"name": name, "query": query, **more}, follow=True))


def paid(**fields: Any) -> dict[str, Any]:
    return {"payment_status": "paid", "paid_at": timezone.now(), **fields}


def test_each_kind_of_work_finds_its_orders_and_no_others(people: dict[str, User]) -> None:
    long_ago = timezone.now() - timedelta(days=20)
    orders = {
        "to_ship": make_order(status="confirmed", **paid()),
        "late": make_order(status="processing", **paid(paid_at=long_ago, placed_at=long_ago)),
        "unpaid": make_order(placed_at=long_ago),
        "lost": make_order(
            status="shipped", **paid(paid_at=long_ago, placed_at=long_ago, shipped_at=long_ago)
        ),
        "attention": make_order(status="cancelled", attention="Paid twice.", placed_at=long_ago),
    }
    numbers = {name: order.number for name, order in orders.items()}
    also = {"to_ship": {"to_ship", "late"}, "today": {"to_ship"}}
    desk = browser(people["manager"])
    for work in [*orders, "today"]:
        page = seen(desk.get(reverse(LIST), {"work": work}))
        found = {name for name, number in numbers.items() if number in page}
        assert found == also.get(work, {work}), work


def test_a_shipped_view_says_how_many_wait(people: dict[str, User]) -> None:
    for _ in range(3):
        make_order(status="confirmed", **paid())
    page = seen(browser(people["manager"]).get(reverse(LIST)))
    assert "To ship <b>3</b>" in page
    assert "Unpaid for a day <b>" not in page


def test_an_agent_counts_only_what_they_may_see(people: dict[str, User]) -> None:
    make_order(status="confirmed", **paid())
    assert "To ship <b>" not in seen(browser(people["agent"]).get(reverse(LIST)))


def test_what_is_filtered_can_be_kept_and_is_found_again(people: dict[str, User]) -> None:
    desk = browser(people["manager"])
    assert "Save view" in seen(desk.get(reverse(LIST), {"status__exact": "shipped", "p": "0"}))
    assert "one click away" in save(desk, "  On   the road ", "p=2&status__exact=shipped&q=")
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("On the road", "status__exact=shipped")
    page = seen(desk.get(reverse(LIST), {"status__exact": "shipped"}))
    assert 'aria-current="page">On the road' in page
    assert "Save view" not in page


def test_a_view_is_its_owners_until_it_is_shared(people: dict[str, User]) -> None:
    manager, agent = browser(people["manager"]), browser(people["agent"])
    save(manager, "Mine", "status__exact=shipped")
    save(manager, "Ours", "status__exact=pending", share="on")
    page = seen(agent.get(reverse(LIST)))
    assert "Ours" in page
    assert "Mine" not in page


def test_an_agent_shares_nothing_and_forgets_nobody_elses(people: dict[str, User]) -> None:
    manager, agent = browser(people["manager"]), browser(people["agent"])
    save(agent, "Hers", "status__exact=shipped", share="on")
    assert not SavedView.objects.get().is_shared
    save(manager, "Ours", "status__exact=pending", share="on")
    ours = SavedView.objects.get(name="Ours")
    forget = reverse("admin:commerce_order_forget_view", args=[ours.pk])
    assert "There is no such view" in seen(agent.post(forget, follow=True))
    assert SavedView.objects.filter(pk=ours.pk).exists()


def test_what_is_forgotten_by_mistake_is_shown_to_be_saved_again(
    people: dict[str, User],
) -> None:
    desk = browser(people["manager"])
    save(desk, "Gone soon", "status__exact=pending")
    view = SavedView.objects.get()
    forget = reverse("admin:commerce_order_forget_view", args=[view.pk])
    answer = desk.post(forget, follow=True)
    assert not SavedView.objects.exists()
    assert answer.request["QUERY_STRING"] == "status__exact=pending"
    assert "Save view" in seen(answer)


@pytest.mark.parametrize(
    ("name", "query", "told"),
    [
        ("", "status__exact=pending", "Give the view a name"),
        ("x" * 61, "status__exact=pending", "Give the view a name"),
        ("Nothing", "p=3", "Filter, search or sort first"),
        ("Long", "q=" + "x" * 2500, "too much"),
    ],
)
def test_a_view_without_sense_is_refused_with_the_reason(
    people: dict[str, User], name: str, query: str, told: str
) -> None:
    assert told in save(browser(people["manager"]), name, query)
    assert not SavedView.objects.exists()


def test_one_name_stands_for_one_view(people: dict[str, User]) -> None:
    desk = browser(people["manager"])
    save(desk, "Twice", "status__exact=pending")
    assert "You have a view called" in save(desk, "Twice", "status__exact=shipped")
    assert SavedView.objects.count() == 1


def test_a_saved_address_leads_nowhere_else(people: dict[str, User]) -> None:
    desk = browser(people["manager"])
    answer = desk.post(reverse(SAVE), {"name": "Out", "query": "next=//evil.example"})
    assert answer.headers["Location"].startswith(reverse(LIST) + "?")


def test_views_cost_the_same_whatever_the_number_of_orders(people: dict[str, User]) -> None:
    desk = browser(people["manager"])
    make_order(status="confirmed", **paid())

    def cost() -> int:
        """Without the login's own, which depend on the clock."""
        return len(
            [sql for sql in queries_of(lambda: desk.get(reverse(LIST))) if "commerce_" in sql]
        )

    few = cost()
    for _ in range(12):
        make_order(status="confirmed", **paid())
    assert cost() == few
