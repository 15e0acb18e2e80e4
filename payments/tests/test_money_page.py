"""The money page: how payments went, and what waits for a person."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client
from django.urls import reverse

from core.money import Money
from payments.admin import badges
from payments.models import Payment
from payments.money_figures import GatewayDay, Period
from payments.tests.house import House
from payments.tests.reconciling import foreign_charge
from payments.tests.test_admin import signed_in
from tests.cost import own_badges

pytestmark = pytest.mark.django_db
PAGE = "money"


@pytest.fixture
def counts() -> Iterator[LocMemCache]:
    """The sidebar's counts, which no other process of the suite writes between two looks."""
    with own_badges() as own:
        yield own


def charts(page: str) -> list[dict[str, Any]]:
    """What the canvases are to draw."""
    return [json.loads(unescape(value)) for value in re.findall(r'data-value="([^"]*)"', page)]


def test_days_volumes_and_times_are_those_of_the_payments(house: House) -> None:
    house.paid(Money.parse("10", "EUR"))
    house.paid(Money.parse("32.50", "EUR"))
    house.paid(Money(500, "JPY"))
    given_up = house.submitted()
    house.stripe.expire(house.session_of(given_up))
    house.deliver()
    house.work()
    old = house.paid()
    Payment.objects.filter(pk=old.pk).update(created_at=datetime.now(UTC) - timedelta(days=9))
    period = Period(last=7)
    assert period.per_day() == {"stripe": [*[GatewayDay()] * 6, GatewayDay(paid=3, lost=1)]}
    assert [(one.payments, one.captured) for one in period.volumes()] == [
        (2, Money.parse("42.50", "EUR")), (1, Money(500, "JPY")),
    ]  # fmt: skip
    assert period.time_to_paid()["stripe"].median < timedelta(minutes=5)


def test_why_tries_failed_is_counted_by_the_gateways_words(house: House) -> None:
    for _ in range(2):
        house.stripe.decline(house.session_of(house.submitted()))
    house.deliver()
    house.work()
    assert Period(last=7).reasons() == [("Your card was declined.", 2)]


def test_the_page_draws_and_links_its_queues(house: House) -> None:
    payment = house.paid()
    Payment.objects.filter(pk=house.submitted().pk).update(status="held_for_review")
    shown = signed_in("manager").get(reverse(PAGE), {"days": "7"}).content.decode()
    success, *_ = charts(shown)
    assert success["datasets"][0]["label"] == "Stripe"
    assert success["datasets"][0]["data"] == [None] * 6 + [100.0]
    assert "/admin/payments/payment/?status__exact=held_for_review" in shown
    assert "money that fits nothing we asked for" in shown
    assert str(payment.amount.decimal) in shown


def test_an_empty_page_says_what_will_be_here(db) -> None:
    shown = signed_in("readonly").get(reverse(PAGE)).content.decode()
    assert "They appear here as soon as" in shown
    assert "nothing waits" in shown


def test_agents_and_strangers_do_not_see_the_money(db) -> None:
    assert signed_in("agent").get(reverse(PAGE)).status_code == 403
    assert Client().get(reverse(PAGE)).status_code == 302


@pytest.mark.parametrize("days", ["", "7", "90", "1000000", "x", "-1"])
def test_any_period_in_the_address_is_one_of_those_offered(db, days: str) -> None:
    assert signed_in("manager").get(reverse(PAGE), {"days": days}).status_code == 200


@pytest.mark.parametrize("payments", [1, 6])
def test_the_page_costs_the_same_for_one_payment_or_many(
    house: House, payments: int, django_assert_max_num_queries
) -> None:
    for _ in range(payments):
        house.paid(Money.parse("5", "EUR"))
    staff = signed_in("manager")
    with django_assert_max_num_queries(30):
        staff.get(reverse(PAGE))


def test_every_queue_on_the_page_opens(db) -> None:
    staff = signed_in("manager")
    shown = staff.get(reverse(PAGE)).content.decode()
    links = re.findall(r'href="(/admin/[a-z]+/[a-z]+/\?[^"]*)"', shown)
    assert len(links) >= 3
    for link in links:
        assert staff.get(unescape(link)).status_code == 200, link


def test_badges_count_what_waits_and_are_counted_rarely(
    house: House, counts: LocMemCache, rf, django_assert_max_num_queries
) -> None:
    assert badges.held(rf.get("/")) == ""
    Payment.objects.filter(pk=house.submitted().pk).update(status="held_for_review")
    with django_assert_max_num_queries(0):
        assert badges.held(rf.get("/")) == ""
    counts.clear()
    assert (badges.held(rf.get("/")), badges.dead(rf.get("/"))) == ("1", "")


def test_no_badge_is_shown_for_nothing(house: House, counts: LocMemCache) -> None:
    staff = signed_in("manager")
    assert "rounded-full text-[11px]" not in staff.get(reverse(PAGE)).content.decode()
    foreign_charge(house)
    Payment.objects.filter(pk=house.submitted().pk).update(status="held_for_review")
    counts.clear()
    assert "rounded-full text-[11px]" in staff.get(reverse(PAGE)).content.decode()
