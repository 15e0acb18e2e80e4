"""Figures always add up; nothing is lost in sharing."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from commerce.models import Order
from commerce.pricing import PricedLine, add_up
from commerce.tests.shop import make_order
from core.money import CurrencyMismatch, Money, MoneyError

CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])
PRICES = st.integers(0, 10**9)
QUANTITIES = st.integers(1, 10_000)
LINES = st.lists(st.tuples(PRICES, QUANTITIES), max_size=30)


def lines_of(pairs: list[tuple[int, int]], currency: str) -> list[PricedLine]:
    return [PricedLine(Money(price, currency), quantity) for price, quantity in pairs]


@given(LINES, CURRENCIES, PRICES, PRICES, PRICES)
def test_the_total_is_its_parts(
    pairs: list[tuple[int, int]], currency: str, shipping: int, discount: int, tax: int
) -> None:
    totals = add_up(
        lines_of(pairs, currency),
        currency=currency,
        shipping=Money(shipping, currency),
        discount=Money(discount, currency),
        tax=Money(tax, currency),
    )
    assert totals.subtotal.minor == sum(price * quantity for price, quantity in pairs)
    assert totals.total == totals.subtotal - totals.discount + totals.shipping + totals.tax
    assert 0 <= totals.discount.minor <= totals.subtotal.minor
    assert totals.total.minor >= shipping + tax


@given(LINES)
def test_the_order_of_lines_does_not_matter(pairs: list[tuple[int, int]]) -> None:
    forward = add_up(lines_of(pairs, "EUR"), currency="EUR")
    assert forward == add_up(lines_of(pairs[::-1], "EUR"), currency="EUR")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        add_up([PricedLine(Money(1, "USD"), 1)], currency="EUR")


@pytest.mark.parametrize("figure", ["shipping", "tax", "discount"])
def test_no_figure_is_less_than_nothing(figure: str) -> None:
    with pytest.raises(MoneyError):
        add_up([PricedLine(Money(5, "EUR"), 1)], currency="EUR", **{figure: Money(-1, "EUR")})


def test_a_sum_beyond_all_orders_is_refused() -> None:
    with pytest.raises(MoneyError):
        add_up([PricedLine(Money(10**15, "EUR"), 2)], currency="EUR")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"total_minor": 999},
        {"tax_minor": 1},
        {"discount_minor": 1001, "total_minor": -1},
        {"subtotal_minor": -1, "total_minor": -1},
        {"payment_status": "paid"},
        {"payment_status": "lent"},
        {"source": "moon"},
    ],
)
def test_the_database_refuses_an_order_that_does_not_add_up(change: dict[str, object]) -> None:
    order = make_order()
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**change)
