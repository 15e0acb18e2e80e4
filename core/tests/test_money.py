"""Money never mixes currencies and never loses a unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import CURRENCIES, CurrencyMismatch, Money, MoneyError, exponent

minor = st.integers(-(10**12), 10**12)
currencies = st.sampled_from(sorted(CURRENCIES))


@given(minor, currencies)
def test_what_is_written_is_read_back_to_the_unit(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    assert Money.parse(money.as_json()["amount"], currency) == money


@given(minor, st.lists(st.integers(0, 10**6), min_size=1).filter(lambda w: sum(w) > 0))
def test_shares_add_up_to_the_whole_and_none_is_a_unit_off(amount: int, weights: list[int]) -> None:
    shares = Money(amount, "EUR").split(weights)
    assert sum(share.minor for share in shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share.minor - amount * weight / sum(weights)) <= 1


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [("12.34", "EUR", 1234), ("500", "JPY", 500), ("1.234", "KWD", 1234), ("0.1", "USD", 10)],
)
def test_each_currency_has_its_own_digits(amount: str, currency: str, units: int) -> None:
    assert Money.parse(amount, currency).minor == units


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("1.005", "EUR"), ("0.5", "JPY"), ("1.2345", "KWD"), ("NaN", "EUR"), ("Infinity", "EUR"),
        ("1e100000", "EUR"), ("", "EUR"), ("12,34", "EUR"), ("1", "XXX"), ("1", "eur"),
        ("99999999999999", "EUR"), ("1e2", "EUR"), ("1_000", "EUR"), ("\uff11\uff12", "EUR"),
        ("+5", "EUR"), (".5", "EUR"), ("5.", "EUR"), ("1 000", "EUR"),
    ],
)  # fmt: skip
def test_amounts_that_cannot_be_are_refused_not_rounded(amount: str, currency: str) -> None:
    with pytest.raises(MoneyError):
        Money.parse(amount, currency)


@pytest.mark.parametrize("amount", [1.15, True, Decimal("1")])
def test_minor_units_are_whole_numbers_only(amount: object) -> None:
    with pytest.raises(MoneyError):
        Money(amount, "EUR")  # type: ignore[arg-type]


def test_a_binary_float_is_no_amount() -> None:
    with pytest.raises(MoneyError):
        Money.parse(19.99, "EUR")  # type: ignore[arg-type]


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(CurrencyMismatch):
        assert Money(1, "EUR") < Money(1, "USD")


def test_metals_and_test_codes_are_no_currencies() -> None:
    for code in ("XAU", "XTS", "XXX"):
        with pytest.raises(MoneyError):
            exponent(code)
