"""Every order in the house's currency, at the rate of its day, whoever writes it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from commerce.enums import RateSource
from commerce.models import ExchangeRate, Order
from commerce.services.rates.by_hand import set_manual_rate
from commerce.services.rates.fill_in import fill_in_orders
from commerce.tests.shop import make_order, make_vendor
from core.ids import new_id

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIGURES = ("base_currency", "base_total_minor", "exchange_rate", "rate_date")


@pytest.fixture
def rates() -> None:
    for code, figure in (("USD", "1.0850"), ("JPY", "162.31"), ("GBP", "0.85")):
        ExchangeRate.objects.create(
            day=FRIDAY, currency=code, per_euro=figure, source=RateSource.ECB
        )


def order(minor: int = 1000, code: str = "EUR", at: datetime = SUNDAY, **more: Any) -> Order:
    fields = {"currency": code, "subtotal_minor": minor, "total_minor": minor, "placed_at": at}
    made = make_order(**(fields | more))
    made.refresh_from_db()
    return made


def figures(of: Order) -> tuple[Any, ...]:
    of.refresh_from_db()
    return tuple(getattr(of, name) for name in FIGURES)


@pytest.mark.usefixtures("rates")
def test_an_order_is_placed_with_its_sum_in_the_houses_currency() -> None:
    placed = order()
    assert str(placed.base_total) == "10.85 USD"
    assert (placed.exchange_rate, placed.rate_date) == (Decimal("1.085"), FRIDAY)
    assert str(order(1000, "JPY").base_total) == "6.68 USD"


def test_an_order_in_the_houses_own_currency_needs_no_rate() -> None:
    assert figures(order(1234, "USD")) == ("USD", 1234, Decimal(1), SUNDAY.date())


def test_without_a_rate_of_its_day_it_stays_empty() -> None:
    assert figures(order()) == (None, None, None, None)


@pytest.mark.usefixtures("rates")
def test_a_rate_that_is_too_old_is_not_taken() -> None:
    assert figures(order(at=SUNDAY + timedelta(days=30))) == (None, None, None, None)


@pytest.mark.usefixtures("rates")
def test_the_day_counts_by_utc() -> None:
    ExchangeRate.objects.create(
        day=FRIDAY + timedelta(days=3), currency="USD", per_euro=2, source=RateSource.ECB
    )
    before, after = (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
    assert order(at=before).base_total_minor == 1085
    assert order(at=after).base_total_minor == 2000


@pytest.mark.usefixtures("rates")
def test_raw_sql_and_bulk_inserts_are_converted_too_and_cannot_say_otherwise() -> None:
    one = order()
    copy = Order.objects.get(pk=one.pk)
    copy.pk, copy.number = new_id(), "TW-2026-900001"
    copy.base_total_minor = 1  # a lie
    Order.objects.bulk_create([copy])
    assert copy.pk != one.pk
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO commerce_order (id, created_at, updated_at, number, email, language,
                shipping_address, country, currency, subtotal_minor, total_minor, source, placed_at,
                base_total_minor)
            SELECT %s, created_at, updated_at, 'TW-2026-900002', email, language, shipping_address,
                country, currency, subtotal_minor, total_minor, source, placed_at, 77
            FROM commerce_order WHERE id = %s
            """,
            [new_id(), one.pk],
        )
    assert set(Order.objects.values_list(*FIGURES)) == {figures(one)}


@pytest.mark.usefixtures("rates")
def test_the_sum_never_changes_when_rates_do() -> None:
    placed = order()
    was = figures(placed)
    set_manual_rate(day=FRIDAY, currency="USD", per_euro=Decimal(3), reason="later", is_sure=True)
    placed.notes = "changed"
    placed.save()
    Order.objects.update(base_total_minor=1, exchange_rate=9, rate_date=date(2000, 1, 1))
    Order.objects.update(
        base_currency=None, base_total_minor=None, exchange_rate=None, rate_date=None
    )
    assert figures(placed) == was
    assert fill_in_orders() == 0


@pytest.mark.usefixtures("rates")
def test_an_edited_total_is_converted_at_the_rate_it_was_placed_at() -> None:
    placed = order(1000, "JPY")
    ExchangeRate.objects.filter(currency="USD").update(state="replaced")
    Order.objects.filter(pk=placed.pk).update(subtotal_minor=2000, total_minor=2000)
    assert figures(placed)[:2] == ("USD", 1337)  # 13.369... at the rate of its day
    assert figures(placed)[3] == FRIDAY


def test_a_stale_save_does_not_empty_what_was_filled_in_meanwhile() -> None:
    stale = order()
    ExchangeRate.objects.create(day=FRIDAY, currency="USD", per_euro=1, source=RateSource.ECB)
    assert fill_in_orders() == 1
    stale.notes = "written by somebody who read it before"
    stale.save()
    assert figures(stale)[1] == 1000


def test_orders_get_their_sums_when_the_history_arrives() -> None:
    waiting = [order(1000, code) for code in ("EUR", "JPY", "EUR")]
    too_early = order(at=datetime(2001, 1, 1, tzinfo=UTC))
    unknown = order(1000, "NGN")
    assert fill_in_orders() == 0
    for code, figure in (("USD", "1.0850"), ("JPY", "162.31")):
        ExchangeRate.objects.create(
            day=FRIDAY, currency=code, per_euro=figure, source=RateSource.ECB
        )
    told: list[int] = []
    assert fill_in_orders(progress=told.append) == 3
    assert sum(told) == 3
    assert [figures(one)[1] for one in waiting] == [1085, 668, 1085]
    assert figures(too_early)[1] is figures(unknown)[1] is None
    assert fill_in_orders() == 0


def test_filling_in_goes_on_past_rows_that_stay_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    from commerce.services.rates import fill_in

    monkeypatch.setattr(fill_in, "BATCH", 2)
    first = date(2026, 1, 5)
    ExchangeRate.objects.create(day=first, currency="USD", per_euro=1, source=RateSource.ECB)
    ExchangeRate.objects.create(day=FRIDAY, currency="USD", per_euro=1, source=RateSource.ECB)
    for _ in range(5):  # no rate near March
        order(at=datetime(2026, 3, 1, tzinfo=UTC))
    late = order(at=SUNDAY)
    assert late.base_total_minor == 1000
    assert fill_in_orders() == 0
    assert Order.objects.filter(base_total_minor__isnull=True).count() == 5


@pytest.mark.usefixtures("rates")
def test_a_sum_beyond_all_measure_is_left_empty_and_the_order_stands() -> None:
    ExchangeRate.objects.create(
        day=FRIDAY, currency="CLF", per_euro="0.0000000001", source=RateSource.ECB
    )
    assert figures(order(10**15, "CLF")) == (None, None, None, None)


@pytest.mark.usefixtures("rates")
def test_the_api_and_the_admin_show_it(staff) -> None:
    placed = order()
    make_order(make_vendor(), currency="NGN", placed_at=SUNDAY)
    shown = {one["number"]: one for one in staff["manager"].get("orders/").json()["data"]}
    found = shown[placed.number]
    assert found["base_total"] == {"amount": "10.85", "currency": "USD"}
    assert (found["exchange_rate"], found["rate_date"]) == ("1.085", "2026-11-20")
    other = next(one for number, one in shown.items() if number != placed.number)
    assert other["base_total"] is other["exchange_rate"] is other["rate_date"] is None
