"""Purchases of any kind, made up by Hypothesis and bought through the checkout."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from commerce.addresses import Address
from commerce.models import Order
from commerce.services import carts
from commerce.services.orders.checkout import check_out
from commerce.services.quotes import carts as cart_figures
from commerce.tests.quotes.shop import (
    make_amount_off,
    make_coupon,
    make_method,
    make_rate,
    make_zone,
)
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import HOME
from core.money import exponent


@st.composite
def purchases(draw: st.DrawFn) -> dict[str, Any]:
    """Goods of several vendors in a currency of any digits, codes, shipping and tax."""
    return {
        "currency": draw(st.sampled_from(["EUR", "JPY", "KWD"])),
        "goods": draw(
            st.lists(
                st.tuples(st.integers(0, 2), st.integers(1, 10**6), st.integers(1, 3)),
                min_size=1,
                max_size=4,
            )
        ),
        "rates": draw(st.lists(st.integers(0, 10_000), min_size=3, max_size=3)),
        "percent": draw(st.decimals(0, 30, places=3, allow_nan=False)),
        "is_included": draw(st.booleans()),
        "off": draw(st.none() | st.integers(1, 10**6)),
        "percent_off": draw(st.none() | st.integers(1, 100)),
        "shipping": draw(st.integers(0, 5000)),
    }


def bought(asked: dict[str, Any]) -> Order:
    """The purchase, through the checkout: not paid yet."""
    currency = asked["currency"]
    tens = 10 if currency == "KWD" else 1  # gateways take no third digit
    make_rate("FR", str(asked["percent"]), is_included=asked["is_included"])
    make_method(make_zone("FR"), price=asked["shipping"] * tens, currency=currency)
    _, token = carts.open_cart(currency=currency)
    vendors = [make_vendor(commission_bps=rate) for rate in asked["rates"]]
    for vendor, minor, quantity in asked["goods"]:
        price = str(Decimal(minor * tens).scaleb(-exponent(currency)))
        variant = make_variant(vendors[vendor], price=price, currency=currency)
        carts.add_item(token=token, variant_id=variant.pk, quantity=quantity)
    if asked["percent_off"]:
        make_coupon("PART", str(asked["percent_off"]), is_combinable=True)
        cart_figures.add_code(token=token, code="part")
    if asked["off"]:
        make_amount_off("SUM", asked["off"] * tens, currency=currency, is_combinable=True)
        cart_figures.add_code(token=token, code="sum")
    return check_out(
        cart_token=token,
        gateway="stripe",
        email="ada@example.com",
        shipping_address=Address(**HOME),
    )
