"""When a code counts, when it does not, and that its last use is given once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from commerce import locks
from commerce.models import (
    Cart,
    Category,
    Coupon,
    CouponRedemption,
    CouponScope,
    CouponTerms,
    Order,
    Variant,
)
from commerce.services.orders.changed import OfferChanged
from commerce.services.orders.status import change_status
from commerce.services.quotes import carts as cart_figures
from commerce.tests.crowd import all_at_once
from commerce.tests.quotes.shop import make_amount_off, make_coupon
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import Shopper
from commerce.tests.test_races import buy, cart_with
from payments.tests.conftest import House

BUYERS = 12


def tried(shop: Shopper, token: str, code: str) -> str:
    """Why the code does not count; nothing when it does."""
    answer = shop.post(f"carts/{token}/coupon/", {"code": code})
    if answer.status_code == 200:
        return ""
    assert answer.status_code == 400, answer.content
    (reason,) = answer.json()["error"]["details"]["code"]
    return str(reason)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, ""),
        ({"is_active": False}, "SPRING is no longer valid."),
        ({"valid_from": timezone.now() + timedelta(hours=1)}, "SPRING is not valid yet."),
        ({"valid_to": timezone.now() - timedelta(hours=1)}, "SPRING is no longer valid."),
        ({"most_uses": 0}, "SPRING has been used up."),
    ],
)
def test_a_code_counts_in_its_time_and_number(
    shop: Shopper, variant: Variant, fields: dict[str, Any], reason: str
) -> None:
    make_coupon("SPRING", **fields)
    assert tried(shop, shop.cart(variant), "spring") == reason


@pytest.mark.django_db
def test_an_unknown_code_says_so(shop: Shopper, variant: Variant) -> None:
    assert tried(shop, shop.cart(variant), "nope") == "NOPE is not a code of this shop."


@pytest.mark.django_db
def test_a_least_order_and_a_currency_are_kept(shop: Shopper, variant: Variant) -> None:
    coupon = make_amount_off("FIVE", 500)
    CouponTerms.objects.update(least_order_minor=2000)
    assert tried(shop, shop.cart(variant), "FIVE") == "FIVE is for orders of 20.00 EUR or more."
    assert tried(shop, shop.cart(variant, quantity=2), "FIVE") == ""
    coupon.terms.update(currency="USD")
    assert tried(shop, shop.cart(variant, quantity=2), "FIVE") == "FIVE is not for EUR."


@pytest.mark.django_db
def test_a_code_counts_on_the_goods_it_is_for(shop: Shopper) -> None:
    home = Category.objects.create(name="Home", slug="home", path="home")
    kitchen = Category.objects.create(name="Kitchen", slug="k", path="home/k", parent=home)
    other = Category.objects.create(name="Homely", slug="homely", path="homely")
    teapot, lamp = make_variant(make_vendor()), make_variant(make_vendor())
    teapot.product.category, lamp.product.category = kitchen, other
    teapot.product.save()
    lamp.product.save()
    for code, scope in (
        ("SHELF", {"category": home}),
        ("VENDOR", {"vendor": teapot.vendor}),
        ("THING", {"product": teapot.product}),
    ):
        CouponScope.objects.create(coupon=make_coupon(code, "100"), **scope)
        token = shop.cart(teapot, lamp)
        assert tried(shop, token, code) == ""
        items = shop.get(f"carts/{token}/").json()["data"]["items"]
        assert [item["discount"]["amount"] for item in items] == ["12.50", "0.00"]
        assert tried(shop, shop.cart(lamp), code) == f"{code} is not for these goods."


@pytest.mark.django_db
def test_codes_stand_together_only_if_both_allow_it(shop: Shopper, variant: Variant) -> None:
    make_coupon("ALONE", "10")
    make_coupon("ONE", "10", is_combinable=True)
    make_amount_off("TWO", 100, is_combinable=True)
    token = shop.cart(variant)
    assert tried(shop, token, "TWO") == ""
    assert tried(shop, token, "ALONE") == "ALONE cannot be used together with TWO."
    assert tried(shop, token, "ONE") == ""
    cart = shop.get(f"carts/{token}/").json()["data"]
    assert cart["discount"]["amount"] == "2.25"  # 1.25, then 1.00


@pytest.mark.django_db
def test_each_buyer_uses_it_so_often(house: House, shop: Shopper, variant: Variant) -> None:
    make_coupon("ONCE", most_uses_each=1)

    def order(email: str, key: str) -> Any:
        token = shop.cart(variant)
        assert tried(shop, token, "ONCE") == ""  # the cart does not know who it is
        return shop.check_out(token, key, email=email)

    assert order("ada@example.com", "key-a").status_code == 201
    refused = order("Ada@Example.com", "key-b")
    assert refused.status_code == 409
    (told,) = refused.json()["error"]["details"]["coupons"]
    assert told["reason"] == "You have used ONCE before."
    assert order("bob@example.com", "key-c").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["service", "sql"])
def test_an_order_cancelled_unpaid_gives_its_use_back(
    house: House, shop: Shopper, variant: Variant, by: str
) -> None:
    make_coupon("LAST", most_uses=1)
    token, other = shop.cart(variant), shop.cart(variant)
    assert tried(shop, token, "LAST") == ""
    order = shop.check_out(token).json()["data"]["order"]
    assert tried(shop, other, "LAST") == "LAST has been used up."
    if by == "service":
        change_status(order_id=order["id"], to="cancelled")
    else:
        Order.objects.filter(pk=order["id"]).update(status="cancelled")
    assert CouponRedemption.objects.get().state == "given_back"
    assert tried(shop, other, "LAST") == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"code": "small"},
        {"code": "TWO WORDS"},
        {"code": ""},
        {"percent": 0},
        {"percent": 101},
        {"percent": None},
        {"kind": "fixed"},
        {"kind": "magic"},
    ],
)
def test_the_database_refuses_a_coupon_that_makes_no_sense(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Coupon.objects.create(**({"code": "X", "kind": "percent", "percent": 10} | fields))


def race_for_the_last_use() -> tuple[int, int]:
    """How many of many buyers got it: orders with the code, and refusals."""
    vendor = make_vendor()
    make_coupon("LAST", most_uses=1)
    tokens = [cart_with([make_variant(vendor)]) for _ in range(BUYERS)]
    for token in tokens:
        cart_figures.add_code(token=token, code="LAST")
    with transaction.atomic():
        Cart.objects.update(shown={"discount": 125})  # as their pages say
    results = all_at_once(
        [lambda t=token, n=number: buy(t, n) for number, token in enumerate(tokens)]
    )
    with transaction.atomic():
        uses = CouponRedemption.objects.count()
    return uses, sum(isinstance(result, OfferChanged) for result in results)


@pytest.mark.django_db(transaction=True)
def test_the_last_use_is_given_once() -> None:
    assert race_for_the_last_use() == (1, BUYERS - 1)


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_the_last_use_is_given_several_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(locks, "lock_coupons", lambda codes: None)
    uses, _ = race_for_the_last_use()
    assert uses > 1
