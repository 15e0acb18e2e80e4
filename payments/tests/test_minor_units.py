"""Smallest units are a matter of gateway and currency; what is not listed is not sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.money import CURRENCIES, Money, exponent
from payments.gateways.minor_units import MOST, TABLE, from_gateway, to_gateway

PAIRS = [(gateway, code) for gateway, table in TABLE.items() for code in table]


@pytest.mark.parametrize(
    ("text", "currency", "number"),
    [
        ("12.34", "EUR", 1234),
        ("500", "JPY", 500),
        ("5.120", "KWD", 5120),
        ("5", "ISK", 500),
        ("7", "MGA", 7),
        ("1000", "XOF", 1000),
    ],
)
def test_the_examples_of_stripes_own_page(text: str, currency: str, number: int) -> None:
    money = Money.parse(text, currency)
    assert to_gateway("stripe", money) == number
    assert from_gateway("stripe", number, currency.lower()) == money


@pytest.mark.parametrize(
    ("text", "currency", "number"),
    [("295", "JPY", 295), ("295.990", "KWD", 295990), ("300.00", "INR", 30000), ("5", "UGX", 5)],
)
def test_the_examples_of_razorpays_reference(text: str, currency: str, number: int) -> None:
    money = Money.parse(text, currency)
    assert to_gateway("razorpay", money) == number
    assert from_gateway("razorpay", number, currency) == money


@pytest.mark.parametrize(("text", "currency"), [("99.991", "KWD"), ("295.991", "BHD")])
def test_the_third_digit_razorpay_cannot_charge_is_refused(text: str, currency: str) -> None:
    with pytest.raises(Invalid):
        to_gateway("razorpay", Money.parse(text, currency))


@pytest.mark.parametrize(
    ("text", "currency"), [("5.124", "KWD"), ("7.50", "MGA"), ("1000000", "EUR")]
)
def test_what_stripe_cannot_express_is_refused(text: str, currency: str) -> None:
    with pytest.raises(Invalid):
        to_gateway("stripe", Money.parse(text, currency))


@pytest.mark.parametrize("currency", ["UGX", "XAU", "BTC"])
def test_an_unlisted_pair_is_refused_both_ways(currency: str) -> None:
    with pytest.raises(Invalid):
        from_gateway("stripe", 100, currency)
    with pytest.raises(Invalid):
        to_gateway("paypal", Money(100, "EUR"))


def test_half_a_krona_of_iceland_is_no_amount() -> None:
    with pytest.raises(Invalid):
        from_gateway("stripe", 550, "ISK")


def test_every_listed_currency_is_one_we_book() -> None:
    assert {code for _, code in PAIRS} <= CURRENCIES


@given(pair=st.sampled_from(PAIRS), minor=st.integers(min_value=1, max_value=10**12))
def test_what_is_sent_comes_back_as_the_same_money(pair: tuple[str, str], minor: int) -> None:
    gateway, currency = pair
    money = Money(minor, currency)
    try:
        number = to_gateway(gateway, money)
    except Invalid:
        coarser = TABLE[gateway][currency].digits < exponent(currency)
        stepped = TABLE[gateway][currency].step > 1
        assert coarser or stepped or minor * 100 > MOST[gateway]
        return
    assert from_gateway(gateway, number, currency) == money
