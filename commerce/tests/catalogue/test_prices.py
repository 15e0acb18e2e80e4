"""Prices in time: set, planned, on sale, ended; never two at once."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from commerce.models import Price, Variant
from commerce.services.carts import prices_today
from commerce.services.catalogue.price_rows import now
from commerce.services.catalogue.prices import (
    end_price,
    end_sale,
    prices_at,
    put_on_sale,
    set_price,
    set_prices,
)
from commerce.tests.crowd import all_at_once
from core.errors import Conflict, Invalid
from core.money import Money
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


def euro(minor: int) -> Money:
    return Money(minor, "EUR")


def line(variant: Variant) -> list[tuple[int, int | None, bool]]:
    """(amount, compared with, still open) in the order of time."""
    rows = Price.objects.filter(variant=variant, currency="EUR").order_by("valid_from")
    return [(p.amount_minor, p.compare_at_minor, p.valid_to is None) for p in rows]


def cost(variant: Variant, moment: datetime) -> int | None:
    price = prices_at([variant.pk], "EUR", moment).get(variant.pk)
    return price.minor if price else None


def days(number: float) -> datetime:
    return timezone.now() + timedelta(days=number)


def test_a_price_to_come_is_not_in_force_before_its_time(variant: Variant) -> None:
    set_price(variant_id=variant.pk, price=euro(1500), begin=days(10))
    assert prices_today([variant.pk], "EUR") == {variant.pk: euro(1250)}
    assert [cost(variant, days(n)) for n in (0.1, 9.9, 10.1)] == [1250, 1250, 1500]


def test_a_sale_shows_the_regular_price_and_goes_back_to_it(variant: Variant) -> None:
    put_on_sale(variant_id=variant.pk, price=euro(1000), begin=days(1), end=days(8))
    assert line(variant) == [(1250, None, False), (1000, 1250, False), (1250, None, True)]
    assert [cost(variant, days(n)) for n in (0.5, 1.5, 8.5)] == [1250, 1000, 1250]


def test_a_new_regular_price_keeps_a_planned_sale_and_a_planned_change(variant: Variant) -> None:
    set_price(variant_id=variant.pk, price=euro(2000), begin=days(30))
    put_on_sale(variant_id=variant.pk, price=euro(1000), begin=days(1), end=days(8))
    set_price(variant_id=variant.pk, price=euro(1400))
    assert [cost(variant, days(n)) for n in (0.5, 1.5, 8.5, 31)] == [1400, 1000, 1400, 2000]
    assert (1000, 1400, False) in line(variant)


def test_a_sale_that_is_no_bargain_any_more_ends(variant: Variant) -> None:
    put_on_sale(variant_id=variant.pk, price=euro(1000))
    set_price(variant_id=variant.pk, price=euro(900))
    assert line(variant)[-1] == (900, None, True)


def test_what_was_in_force_stays_as_history(variant: Variant) -> None:
    before = now()
    put_on_sale(variant_id=variant.pk, price=euro(1000))
    during = now()
    end_sale(variant_id=variant.pk, currency="EUR")
    end_price(variant_id=variant.pk, currency="EUR")
    assert [cost(variant, moment) for moment in (before, during, now())] == [1250, 1000, None]


def test_ending_a_price_gives_up_what_was_planned(variant: Variant) -> None:
    set_price(variant_id=variant.pk, price=euro(1500), begin=days(10))
    end_price(variant_id=variant.pk, currency="EUR", at=days(2))
    assert [cost(variant, days(n)) for n in (1, 3, 11)] == [1250, None, None]


def test_exactly_these_prices_end_the_others(variant: Variant) -> None:
    set_prices(variant_id=variant.pk, prices=[Money(1900, "USD")])
    assert prices_today([variant.pk], "EUR") == {}
    assert prices_today([variant.pk], "USD") == {variant.pk: Money(1900, "USD")}


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"price": euro(-1)}, Invalid),
        ({"price": euro(1250)}, Conflict),
        ({"price": Money(5, "USD")}, Conflict),
        ({"price": euro(5), "begin": days(-1)}, Invalid),
        ({"price": euro(5), "begin": days(3), "end": days(2)}, Invalid),
        ({"price": euro(5), "begin": days(3), "end": days(3000)}, Invalid),
    ],
)
def test_a_sale_that_cannot_be_is_refused_and_changes_nothing(
    variant: Variant, wrong: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        put_on_sale(variant_id=variant.pk, **wrong)
    assert line(variant) == [(1250, None, True)]


@pytest.mark.parametrize("begin", [timedelta(days=-400), timedelta(0), timedelta(days=400)])
def test_the_database_refuses_two_prices_at_once(variant: Variant, begin: timedelta) -> None:
    since = Price.objects.get(variant=variant).valid_from + begin
    with pytest.raises(IntegrityError, match="commerce_price_one_at_a_time"), transaction.atomic():
        Price.objects.create(
            variant=variant, currency="EUR", amount_minor=1, valid_from=since, valid_to=None
        )
    Price.objects.create(variant=variant, currency="USD", amount_minor=1, valid_from=since)


def test_one_price_may_begin_where_another_ends(variant: Variant) -> None:
    first = Price.objects.get(variant=variant)
    Price.objects.filter(pk=first.pk).update(valid_to=days(1))
    first.refresh_from_db()
    Price.objects.create(variant=variant, currency="EUR", amount_minor=1, valid_from=first.valid_to)


def test_asking_for_prices_is_one_query_by_an_index(variant: Variant) -> None:
    (asked,) = queries_of(lambda: prices_today([variant.pk], "EUR"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {asked}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "commerce_price_history" in plan or "commerce_price_variant_id" in plan


@pytest.mark.django_db(transaction=True)
def test_prices_set_at_once_leave_one_in_force(variant: Variant) -> None:
    def change(number: int) -> None:
        set_price(variant_id=variant.pk, price=euro(2000 + number))

    outcomes = all_at_once([lambda n=n: change(n) for n in range(4)])
    assert outcomes == [None] * 4
    with transaction.atomic():
        assert Price.objects.at().filter(variant=variant).count() == 1
        assert len(line(variant)) == 5


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_the_database_still_refuses_a_second_price(
    variant: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock makes them wait; without it the constraint is what holds."""
    together = threading.Barrier(2, timeout=20)
    monkeypatch.setattr("commerce.locks.lock_variants", lambda ids: together.wait())

    def change(number: int) -> None:
        set_price(variant_id=variant.pk, price=euro(2000 + number))

    outcomes = all_at_once([lambda: change(1), lambda: change(2)])
    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1
    with transaction.atomic():
        assert Price.objects.at().filter(variant=variant).count() == 1
