"""Whatever is bought, taxed, taken off and sent: the parts are the total, to the unit."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.enums import CouponKind, TaxClass
from commerce.pricing import Delivery, Goods, Quote, make_quote
from commerce.pricing.discount import Discount
from commerce.pricing.shipping import Band, Destination, closest, price_of
from commerce.pricing.tax import PlacedRate, Rate, Rates
from core.money import Money, MoneyError

CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])
PERCENTS = st.decimals(0, 100, places=4, allow_nan=False)
AMOUNTS = st.integers(0, 10**8)
CLASSES = [TaxClass.STANDARD, TaxClass.REDUCED, TaxClass.UNTAXED]


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def goods(*prices: int, tax_class: str = TaxClass.STANDARD) -> list[Goods]:
    return [Goods(UUID(int=n), eur(price), 1, tax_class) for n, price in enumerate(prices)]


def standard(percent: str, *, is_included: bool = True, **more: Any) -> Rates:
    rate = Rate("VAT", Decimal(percent), is_included, **more)
    return Rates([PlacedRate(TaxClass.STANDARD, frozenset(), rate)])


@st.composite
def baskets(draw: st.DrawFn) -> dict[str, Any]:
    """Goods of several classes, codes, a way of sending and the taxes of a country."""
    currency = draw(CURRENCIES)
    lines = [
        Goods(UUID(int=n), Money(price, currency), quantity, tax_class)
        for n, (price, quantity, tax_class) in enumerate(
            draw(
                st.lists(
                    st.tuples(AMOUNTS, st.integers(1, 50), st.sampled_from(CLASSES)),
                    min_size=1,
                    max_size=8,
                )
            )
        )
    ]
    some = st.frozensets(st.sampled_from([line.key for line in lines]), min_size=1)
    discounts = [
        Discount(
            code=f"CODE{n}",
            kind=kind,
            percent=percent,
            off=Money(off, currency),
            most=Money(most, currency) if most else None,
            counts_on=counts_on,
        )
        for n, (kind, percent, off, most, counts_on) in enumerate(
            draw(
                st.lists(
                    st.tuples(
                        st.sampled_from(CouponKind), PERCENTS, AMOUNTS, AMOUNTS, st.none() | some
                    ),
                    max_size=3,
                )
            )
        )
    ]
    rates = Rates(
        PlacedRate(tax_class, frozenset(), Rate("VAT", draw(PERCENTS), draw(st.booleans())))
        for tax_class in (TaxClass.STANDARD, TaxClass.REDUCED)
    )
    delivery = draw(st.none() | st.builds(Money, AMOUNTS, st.just(currency)))
    return {
        "lines": lines,
        "asked": {
            "currency": currency,
            "discounts": discounts,
            "delivery": Delivery("standard", "Standard", delivery) if delivery else None,
            "rates": rates,
        },
    }


@given(baskets())
def test_the_total_is_its_parts_and_every_part_is_of_its_line(basket: dict[str, Any]) -> None:
    quote = make_quote(basket["lines"], **basket["asked"])
    nothing = Money.zero(quote.currency)
    for line in quote.lines:
        assert nothing <= line.discount <= line.goods.total
        assert nothing <= line.tax.included <= line.goods.total - line.discount
        assert nothing <= line.tax.added
        assert not (line.tax.added and line.tax.included)
    by_line = sum((line.goods.total - line.discount + line.tax.added for line in quote.lines),
                  start=nothing)  # fmt: skip
    assert quote.total == by_line + quote.shipping + quote.shipping_tax.added
    assert quote.total == quote.subtotal - quote.discount + quote.shipping + quote.tax
    assert quote.total >= nothing
    off_goods = [
        amount
        for code, amount in quote.saved.items()
        if next(d for d in basket["asked"]["discounts"] if d.code == code).kind
        != CouponKind.FREE_SHIPPING
    ]
    assert sum(off_goods, start=nothing) == quote.discount
    taxes = [tax for _, tax in quote.taxes()]
    assert sum((tax.added for tax in taxes), start=nothing) == quote.tax
    assert sum((tax.included for tax in taxes), start=nothing) == quote.included_tax


@given(baskets(), st.randoms(use_true_random=False))
def test_neither_the_order_of_lines_nor_that_of_codes_matters(
    basket: dict[str, Any], chance: Any
) -> None:
    def by_key(quote: Quote) -> dict[UUID, Any]:
        return {line.goods.key: line for line in quote.lines}

    straight = make_quote(basket["lines"], **basket["asked"])
    lines, asked = list(basket["lines"]), dict(basket["asked"])
    asked["discounts"] = list(asked["discounts"])
    chance.shuffle(lines)
    chance.shuffle(asked["discounts"])
    shuffled = make_quote(lines, **asked)
    assert shuffled.total == straight.total
    assert by_key(shuffled) == by_key(straight)


@pytest.mark.parametrize(
    ("percent", "price", "included", "added"),
    [
        ("19", 11900, 1900, 2261),
        ("20", 1250, 208, 250),
        ("8.875", 1000, 82, 89),  # 88.75 up, 81.51... up
        ("50", 1, 0, 1),  # half a cent goes up, a third does not
        ("0", 999, 0, 0),
    ],
)
def test_tax_is_rounded_half_up_once_a_line(
    percent: str, price: int, included: int, added: int
) -> None:
    inside = make_quote(goods(price), currency="EUR", rates=standard(percent))
    on_top = make_quote(goods(price), currency="EUR", rates=standard(percent, is_included=False))
    assert (inside.included_tax, inside.tax, inside.total) == (eur(included), eur(0), eur(price))
    assert (on_top.included_tax, on_top.tax) == (eur(0), eur(added))
    assert on_top.total == eur(price + added)


def test_what_is_charged_in_dinars_can_be_paid() -> None:
    """No gateway takes the third digit: 5 % of 1.230 are 0.0615, which nobody can pay."""
    price = Money(1230, "KWD")
    five = standard("5", is_included=False)
    quote = make_quote([Goods(UUID(int=1), price, 1)], currency="KWD", rates=five)
    assert (quote.tax.minor, quote.total.minor) == (60, 1290)
    off = Discount("OFF", CouponKind.PERCENT, percent=Decimal(7))
    quote = make_quote([Goods(UUID(int=1), price, 1)], currency="KWD", discounts=[off])
    assert quote.total.minor == 1140
    inside = make_quote([Goods(UUID(int=1), price, 1)], currency="KWD", rates=standard("5"))
    assert (inside.included_tax.minor, inside.total.minor) == (59, 1230)


def test_a_discount_is_shared_to_the_last_cent_and_taxed_no_more() -> None:
    ten = Discount("TEN", CouponKind.FIXED, off=eur(1000))
    quote = make_quote(
        goods(1000, 1000, 1000), currency="EUR", discounts=[ten],
        rates=standard("10", is_included=False),
    )  # fmt: skip
    assert sorted(line.discount.minor for line in quote.lines) == [333, 333, 334]
    assert (quote.discount, quote.tax, quote.total) == (eur(1000), eur(201), eur(2201))


def test_a_code_never_takes_more_than_its_goods_cost() -> None:
    much = Discount("MUCH", CouponKind.FIXED, off=eur(10**6), counts_on=frozenset({UUID(int=1)}))
    quote = make_quote(goods(500, 700), currency="EUR", discounts=[much])
    assert [line.discount.minor for line in quote.lines] == [0, 700]
    assert quote.total == eur(500)


def test_a_percentage_counts_before_an_amount_and_stops_at_its_most() -> None:
    half = Discount("HALF", CouponKind.PERCENT, percent=Decimal(50), most=eur(300))
    three = Discount("THREE", CouponKind.FIXED, off=eur(300))
    quote = make_quote(goods(1000), currency="EUR", discounts=[three, half])
    assert quote.saved == {"HALF": eur(300), "THREE": eur(300)}


def test_free_shipping_takes_the_shipping_and_its_tax_off() -> None:
    free = Discount("FREE", CouponKind.FREE_SHIPPING)
    quote = make_quote(
        goods(1000), currency="EUR", discounts=[free],
        delivery=Delivery("standard", "Standard", eur(490)),
        rates=standard("20", is_included=False),
    )  # fmt: skip
    assert (quote.shipping, quote.discount, quote.tax) == (eur(0), eur(0), eur(200))
    assert quote.saved == {"FREE": eur(490)}


def test_shipping_is_taxed_unless_the_rate_says_otherwise() -> None:
    asked: dict[str, Any] = {
        "currency": "EUR",
        "delivery": Delivery("standard", "Standard", eur(500)),
    }
    taxed = make_quote(goods(1000), **asked, rates=standard("10", is_included=False))
    spared = make_quote(
        goods(1000), **asked, rates=standard("10", is_included=False, is_on_shipping=False)
    )
    assert (taxed.tax, spared.tax) == (eur(150), eur(100))


def test_the_closest_rate_counts() -> None:
    def rate(name: str) -> Rate:
        return Rate(name, Decimal(1))

    rates = [
        PlacedRate(TaxClass.STANDARD, frozenset(), rate("country")),
        PlacedRate(TaxClass.STANDARD, frozenset({"ca", "california"}), rate("region")),
        PlacedRate(TaxClass.REDUCED, frozenset(), rate("reduced")),
    ]
    assert Rates(rates)("standard").name == "country"
    assert Rates(rates, region=" California")("standard").name == "region"
    assert Rates(rates, region="CA")("reduced").name == "reduced"
    assert Rates(rates, region="CA")("super_reduced").name == "region"  # none of its own
    assert Rates(rates, region="CA")("untaxed").percent == 0


class Named:
    def __init__(self, name: str, country: str, region: str = "", postal_prefix: str = "") -> None:
        self.name, self.country = name, country
        self.region, self.postal_prefix = region, postal_prefix


@pytest.mark.parametrize(
    ("to", "name"),
    [
        (Destination("JP"), "world"),
        (Destination("GB"), "uk"),
        (Destination("GB", "Scotland"), "scotland"),
        (Destination("GB", "scotland", "hs1 2ab"), "isles"),
        (Destination("GB", "", "H1"), "uk"),
        (Destination("DE", "Scotland"), "world"),
    ],
)
def test_an_address_is_in_the_zone_that_names_it_most_closely(to: Destination, name: str) -> None:
    places = [
        Named("world", ""),
        Named("uk", "GB"),
        Named("scotland", "GB", "Scotland"),
        Named("isles", "GB", postal_prefix="HS"),
    ]
    found = closest(places, to)
    assert found is not None
    assert found.name == name
    assert closest(places[1:], Destination("JP")) is None


@pytest.mark.parametrize(
    ("weight", "value", "price"),
    [
        (0, 0, 500), (999, 0, 500), (1000, 0, 900),
        (5000, 4999, 900), (999, 5000, 0), (1000, 9999, 900),
    ],
)  # fmt: skip
def test_the_heaviest_band_that_is_reached_counts(weight: int, value: int, price: int) -> None:
    bands = [Band(eur(500), free_from=5000), Band(eur(900), from_weight=1000)]
    assert price_of(bands, weight=weight, value=eur(value)) == eur(price)
    assert price_of(bands[1:], weight=0, value=eur(0)) is None


def test_a_sum_beyond_all_orders_is_refused() -> None:
    with pytest.raises(MoneyError):
        make_quote([Goods(UUID(int=1), eur(10**15), 2)], currency="EUR")
