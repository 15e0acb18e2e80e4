"""A cart shows what it will cost before it is ordered, and the order costs that."""

from typing import Any

import pytest

from commerce.models import (
    Coupon,
    CouponRedemption,
    Order,
    Price,
    Product,
    ShippingRate,
    TaxRate,
    Variant,
)
from commerce.services.catalogue.prices import set_price
from commerce.tests.quotes.shop import (
    make_amount_off,
    make_coupon,
    make_method,
    make_rate,
    make_zone,
)
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import HOME, Shopper
from core.api.testing import assert_matches_schema
from core.money import Money
from payments.tests.conftest import House
from tests.cost import queries_of

pytestmark = pytest.mark.django_db
FRANCE = {"country": "FR"}


@pytest.fixture
def france(db: None) -> None:
    """France: 20 % contained, two ways of sending. New York: 8.875 % on top of goods."""
    make_rate("FR", "20")
    make_rate("US", "8.875", name="Sales tax", region="NY", region_spellings=["New York"],
              is_included=False, is_on_shipping=False)  # fmt: skip
    zone = make_zone("FR", "US")
    make_method(zone, "standard", 490, free_from=5000, names={"fr": "Colis"}, min_days=2)
    make_method(zone, "express", 1290)


def data_of(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    return answer.json()["data"]


def amounts(cart: dict[str, Any]) -> dict[str, str | None]:
    return {
        name: cart[name] and cart[name]["amount"]
        for name in ("subtotal", "discount", "shipping", "tax", "included_tax", "total")
    }


def sent_to(shop: Shopper, token: str, **wishes: str) -> dict[str, Any]:
    return data_of(shop.patch(f"carts/{token}/", wishes))


def test_nothing_is_claimed_about_shipping_and_tax_before_the_place_is_known(
    france: None, shop: Shopper, variant: Variant
) -> None:
    answer = shop.get(f"carts/{shop.cart(variant)}/")
    cart = data_of(answer)
    assert amounts(cart) == {
        "subtotal": "12.50", "discount": "0.00", "shipping": None, "tax": None,
        "included_tax": None, "total": "12.50",
    }  # fmt: skip
    assert (cart["is_complete"], cart["destination"]) == (False, None)
    assert_matches_schema(answer)
    assert shop.get(f"carts/{cart['token']}/shipping-methods/").status_code == 400


def test_a_place_brings_shipping_and_the_tax_that_prices_contain(
    france: None, shop: Shopper, variant: Variant
) -> None:
    token = shop.cart(variant)
    answer = shop.patch(f"carts/{token}/", FRANCE)
    cart = data_of(answer)
    # 12.50 contains 2.08, 4.90 contains 0.82
    assert amounts(cart) == {
        "subtotal": "12.50", "discount": "0.00", "shipping": "4.90", "tax": "0.00",
        "included_tax": "2.90", "total": "17.40",
    }  # fmt: skip
    assert cart["taxes"] == [
        {"name": "VAT", "rate": "20", "included": True,
         "amount": {"amount": "2.90", "currency": "EUR"}}
    ]  # fmt: skip
    assert_matches_schema(answer)
    ways = shop.get(f"carts/{token}/shipping-methods/")
    assert [way["code"] for way in data_of(ways)] == ["standard", "express"]
    assert_matches_schema(ways)


def test_tax_on_top_is_that_of_the_region_and_not_on_shipping(
    france: None, shop: Shopper, variant: Variant
) -> None:
    cart = sent_to(shop, shop.cart(variant), country="US", region="new york")
    assert amounts(cart)["tax"] == "1.11"  # 8.875 % of 12.50
    assert amounts(cart)["total"] == "18.51"
    elsewhere = sent_to(shop, shop.cart(variant), country="US", region="Oregon")
    assert amounts(elsewhere)["tax"] == "0.00"


def test_the_order_costs_what_the_cart_showed(
    france: None, house: House, shop: Shopper, variant: Variant
) -> None:
    make_coupon("SPRING", "10")
    token = shop.cart(variant, quantity=2)
    sent_to(shop, token, **FRANCE, shipping_method="express")
    cart = data_of(shop.post(f"carts/{token}/coupon/", {"code": " spring "}))
    assert cart["coupons"][0]["saved"]["amount"] == "2.50"
    answer = shop.check_out(token)
    order = data_of(answer, 201)["order"]
    assert amounts(order) == amounts(cart)
    assert order["total"]["amount"] == "35.40"
    assert order["shipping_method"] == {"code": "express", "name": "Express"}
    assert order["coupon_code"] == "SPRING"
    (line,) = order["lines"]
    assert (line["discount"]["amount"], line["included_tax"]["amount"]) == ("2.50", "3.75")
    assert (line["tax_rate"], line["tax_name"]) == ("20", "VAT")
    assert_matches_schema(answer)
    (use,) = CouponRedemption.objects.all()
    assert (use.amount_minor, use.email, use.state) == (250, "ada@example.com", "counted")


def test_whoever_never_looked_is_sent_the_cheapest_way(
    france: None, house: House, shop: Shopper, variant: Variant
) -> None:
    order = data_of(shop.check_out(shop.cart(variant)), 201)["order"]
    assert order["shipping_method"]["code"] == "standard"
    assert order["total"]["amount"] == "17.40"


def test_ways_have_names_in_the_buyers_language(
    france: None, house: House, shop: Shopper, variant: Variant
) -> None:
    token = shop.cart(variant)
    sent_to(shop, token, **FRANCE)
    shop.headers = {"Accept-Language": "fr"}
    assert data_of(shop.get(f"carts/{token}/shipping-methods/"))[0]["name"] == "Colis"


def test_goods_worth_enough_go_for_nothing_and_a_discount_counts_against_it(
    france: None, shop: Shopper, variant: Variant
) -> None:
    token = shop.cart(variant, quantity=4)  # 50.00
    assert amounts(sent_to(shop, token, **FRANCE))["shipping"] == "0.00"
    make_amount_off("LESS", 1)
    cart = data_of(shop.post(f"carts/{token}/coupon/", {"code": "LESS"}))
    assert amounts(cart)["shipping"] == "4.90"


def test_what_is_not_sent_needs_no_way(
    france: None, house: House, shop: Shopper, variant: Variant
) -> None:
    Variant.objects.update(requires_shipping=False)
    token = shop.cart(variant)
    cart = sent_to(shop, token, country="JP")  # where nothing is sent
    assert (cart["requires_shipping"], cart["is_complete"]) == (False, True)
    assert amounts(cart)["total"] == "12.50"
    assert shop.check_out(token, shipping_address=HOME | {"country": "JP"}).status_code == 201


def test_goods_do_not_go_where_nobody_sends_them(
    france: None, house: House, shop: Shopper, variant: Variant
) -> None:
    token = shop.cart(variant)
    refused = shop.check_out(token, shipping_address=HOME | {"country": "JP"})
    assert refused.status_code == 400
    assert "shipping_address.country" in refused.json()["error"]["details"]
    refused = shop.check_out(token, "key-2", shipping_method="pigeon")
    assert refused.json()["error"]["details"] == {"shipping_method": ["One of: standard, express."]}
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda: ShippingRate.objects.update(price_minor=590),
        lambda: TaxRate.objects.update(is_included=False),
        lambda: Coupon.objects.update(is_active=False),
        lambda: Coupon.objects.update(percent=5),
        lambda: set_price(variant_id=Variant.objects.get().pk, price=Money(1400, "EUR")),
        lambda: (
            Product.objects.update(tax_class="untaxed")
            and TaxRate.objects.update(is_included=False)
        ),
    ],
    ids=["shipping", "tax", "code ended", "code gives less", "price", "other class"],
)
def test_what_changed_is_refused_with_the_new_figures_and_accepted_by_asking_again(
    france: None, house: House, shop: Shopper, variant: Variant, change: Any
) -> None:
    make_coupon("SPRING", "10")
    token = shop.cart(variant)
    sent_to(shop, token, **FRANCE)
    shown = data_of(shop.post(f"carts/{token}/coupon/", {"code": "SPRING"}))
    change()
    refused = shop.check_out(token)
    assert refused.status_code == 409, refused.content
    figures = refused.json()["error"]["details"]["figures"]
    assert figures["was"]["total"] == shown["total"]
    assert figures["now"] != figures["was"]
    assert not Order.objects.exists()
    assert not CouponRedemption.objects.exists()
    order = data_of(shop.check_out(token), 201)["order"]
    assert order["total"] == figures["now"]["total"]


def test_a_code_that_ended_is_named_with_its_reason(
    house: House, shop: Shopper, variant: Variant
) -> None:
    coupon = make_coupon("SPRING")
    token = shop.cart(variant)
    data_of(shop.post(f"carts/{token}/coupon/", {"code": "SPRING"}))
    Coupon.objects.filter(pk=coupon.pk).update(is_active=False)
    refused = shop.check_out(token).json()["error"]
    assert refused["details"]["coupons"] == [
        {"code": "SPRING", "reason": "SPRING is no longer valid."}
    ]
    order = data_of(shop.check_out(token), 201)["order"]
    assert (order["coupon_code"], order["discount"]["amount"]) == ("", "0.00")


def test_codes_come_off(shop: Shopper, variant: Variant) -> None:
    make_coupon("SPRING")
    token = shop.cart(variant)
    data_of(shop.post(f"carts/{token}/coupon/", {"code": "SPRING"}))
    answer = shop.delete(f"carts/{token}/coupon/")
    assert data_of(answer)["coupons"] == []
    assert_matches_schema(answer)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"country": "XX"}, "country"),
        ({"country": "France"}, "country"),
        ({"country": 5}, "country"),
        ({"region": "NY"}, "country"),
        ({"postal_code": "10001"}, "country"),
        ({"country": "FR", "region": "a\nb"}, "region"),
        ({"country": "FR", "postal_code": "1" * 21}, "postal_code"),
        ({"country": "FR", "shipping_method": "pigeon"}, "shipping_method"),
        ({"shipping_method": "standard"}, "country"),
        ({"total": "1.00"}, "total"),
    ],
)
def test_a_wrong_wish_is_a_400_that_changes_nothing(
    france: None, shop: Shopper, variant: Variant, body: dict[str, Any], field: str
) -> None:
    token = shop.cart(variant)
    before = data_of(shop.get(f"carts/{token}/"))
    answer = shop.patch(f"carts/{token}/", body)
    assert answer.status_code == 400, answer.content
    assert field in answer.json()["error"]["details"]
    assert data_of(shop.get(f"carts/{token}/")) == before


def test_an_ordered_cart_takes_no_wishes(
    france: None, house: House, shop: Shopper, variant: Variant
) -> None:
    make_coupon("SPRING")
    token = shop.cart(variant)
    shop.check_out(token)
    assert shop.patch(f"carts/{token}/", FRANCE).status_code == 409
    assert shop.post(f"carts/{token}/coupon/", {"code": "SPRING"}).status_code == 409
    assert shop.delete(f"carts/{token}/coupon/").status_code == 409


def test_codes_cannot_be_guessed_in_bulk(shop: Shopper, variant: Variant) -> None:
    token = shop.cart(variant)
    codes = [shop.post(f"carts/{token}/coupon/", {"code": f"X{n}"}).status_code for n in range(31)]
    assert codes == [400] * 30 + [429]


def test_a_full_cart_costs_no_more_queries_than_one_with_a_line(
    france: None, house: House, shop: Shopper
) -> None:
    vendor = make_vendor()
    make_coupon("SPRING", "10", most_uses=100)
    costs = set()
    for count in (1, 6):
        token = shop.cart(*[make_variant(vendor) for _ in range(count)])
        sent_to(shop, token, **FRANCE)
        shop.post(f"carts/{token}/coupon/", {"code": "SPRING"})
        costs.add(len(queries_of(lambda t=token: shop.get(f"carts/{t}/"))))
    assert len(costs) == 1
    assert costs.pop() <= 25


def test_free_goods_cost_their_shipping(
    france: None, house: House, shop: Shopper, variant: Variant
) -> None:
    Price.objects.update(amount_minor=0)
    order = data_of(shop.check_out(shop.cart(variant)), 201)["order"]
    assert order["total"]["amount"] == "4.90"
