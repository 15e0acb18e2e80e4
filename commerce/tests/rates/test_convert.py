"""From one currency into another: exact, rounded once, alike in Python and in the database."""

from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.rates.convert import convert, cross_rate
from commerce.rates.database import functions
from core.money import CURRENCIES, Money, MoneyError, exponent

RATES = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal(50_000), places=5)


def converted(amount: str, code: str, to: str, mine: str, theirs: str) -> str:
    money = Money.parse(amount, code)
    return str(convert(money, to, from_per_euro=Decimal(mine), to_per_euro=Decimal(theirs)).decimal)


def test_through_the_euro_with_the_digits_of_each_currency() -> None:
    assert converted("10.00", "EUR", "USD", "1", "1.0850") == "10.85"
    assert converted("10.85", "USD", "EUR", "1.0850", "1") == "10.00"
    assert converted("1000", "JPY", "USD", "162.31", "1.0850") == "6.68"  # 6.6847...
    assert converted("1.000", "KWD", "JPY", "0.3331", "162.31") == "487"  # 487.27...
    assert converted("100.00", "USD", "KWD", "1.0850", "0.3331") == "30.700"  # 30.7004...


def test_a_half_goes_up_and_back_down_again_for_what_goes_back() -> None:
    assert converted("0.01", "EUR", "USD", "1", "0.5") == "0.01"
    assert converted("0.03", "EUR", "USD", "1", "0.5") == "0.02"  # half even would say so too
    assert converted("0.05", "EUR", "USD", "1", "0.5") == "0.03"  # ... and 0.02 here
    assert converted("-0.05", "EUR", "USD", "1", "0.5") == "-0.03"


def test_the_same_currency_stays_as_it_is() -> None:
    assert converted("12.34", "USD", "USD", "1.1", "1.1") == "12.34"


def test_the_amount_is_rounded_once_not_by_a_rounded_cross_rate() -> None:
    rate = cross_rate(from_per_euro=Decimal(3), to_per_euro=Decimal(1))
    assert rate == Decimal("0.333333333333333333")
    exact = convert(
        Money(3 * 10**14 + 3, "USD"), "EUR", from_per_euro=Decimal(3), to_per_euro=Decimal(1)
    )
    assert exact.minor == 10**14 + 1


def test_nonsense_is_refused() -> None:
    money = Money(100, "EUR")
    with pytest.raises(MoneyError):
        convert(money, "ZZZ", from_per_euro=Decimal(1), to_per_euro=Decimal(1))
    for rate in ("0", "-1"):
        with pytest.raises(ValueError, match="more than nothing"):
            convert(money, "USD", from_per_euro=Decimal(rate), to_per_euro=Decimal(1))


@given(
    minor=st.integers(min_value=-(10**12), max_value=10**12),
    mine=RATES,
    theirs=RATES,
    codes=st.tuples(*[st.sampled_from(["USD", "JPY", "KWD", "CLF", "EUR"])] * 2),
)
def test_the_result_is_within_half_a_unit_of_the_truth(
    minor: int, mine: Decimal, theirs: Decimal, codes: tuple[str, str]
) -> None:
    code, to = codes
    if code == to:
        return
    found = convert(Money(minor, code), to, from_per_euro=mine, to_per_euro=theirs)
    shift = exponent(to) - exponent(code)
    # |found - minor * theirs / mine * 10^shift| <= 1/2, in whole numbers
    mine5, theirs5 = int(mine * 10**5), int(theirs * 10**5)
    left = found.minor * mine5 * 10 ** max(-shift, 0) - minor * theirs5 * 10 ** max(shift, 0)
    assert 2 * abs(left) <= mine5 * 10 ** max(-shift, 0)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(
    minor=st.integers(min_value=0, max_value=10**13),
    mine=RATES,
    theirs=RATES,
    shift=st.integers(-4, 4),
)
def test_the_database_converts_alike(
    minor: int, mine: Decimal, theirs: Decimal, shift: int
) -> None:
    by_digits = {0: "JPY", 2: "USD", 3: "KWD", 4: "CLF"}
    pair = (
        next((a, b) for a in by_digits for b in by_digits if b - a == shift)
        if any(b - a == shift for a in by_digits for b in by_digits)
        else None
    )
    if pair is None:
        return
    code, to = by_digits[pair[0]], by_digits[pair[1]]
    if code == to:
        to = "EUR"
        code = "USD"
    ours = convert(Money(minor, code), to, from_per_euro=mine, to_per_euro=theirs).minor
    with connection.cursor() as cursor:
        cursor.execute("SELECT commerce_converted(%s, %s, %s, %s)", [minor, mine, theirs, shift])
        assert int(cursor.fetchone()[0]) == ours


@pytest.mark.django_db
def test_the_database_knows_the_digits_of_every_currency_and_whose_house_it_is(settings) -> None:
    with connection.cursor() as cursor:
        for code in sorted(CURRENCIES):
            cursor.execute("SELECT commerce_exponent(%s)", [code])
            assert cursor.fetchone() == (exponent(code),), code
        cursor.execute("SELECT commerce_exponent('ZZZ'), commerce_base_currency()")
        assert cursor.fetchone() == (None, settings.BASE_CURRENCY)


def test_a_house_currency_that_is_none_is_refused_before_it_is_written_into_sql(settings) -> None:
    settings.BASE_CURRENCY = "x'; --"
    with pytest.raises(MoneyError):
        functions()
