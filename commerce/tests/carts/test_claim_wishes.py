"""After login: where a guest's cart goes, how, and with which codes, comes along."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.tokens import begin_login
from commerce.models import Cart, Variant
from commerce.services import carts
from commerce.services.carts.claim import claim_cart
from commerce.tests.quotes.shop import make_amount_off, make_coupon, make_method, make_zone
from commerce.tests.shopper import Shopper
from core.api.testing import assert_matches_schema
from payments.tests.house import House

pytestmark = pytest.mark.django_db
FRANCE = {"country": "FR", "region": "", "postal_code": "69001"}
TEXAS = {"country": "US", "region": "TX", "postal_code": ""}


@pytest.fixture
def ada() -> User:
    made: User = User.objects.create_user("ada@carts.example", "x")
    return made


@pytest.fixture
def ways(db: None) -> None:
    """Everything goes to France by either way; to the States by air alone."""
    france = make_zone("FR")
    make_method(france, "standard", 490)
    make_method(france, "express", 1290)
    make_method(make_zone("US"), "air", 2990)


def filled(variant: Variant, user: User | None = None, **wishes: Any) -> str:
    cart, token = carts.open_cart(currency="EUR", user_id=user.pk if user else None)
    carts.add_item(token=token, variant_id=variant.pk)
    Cart.objects.filter(pk=cart.pk).update(**wishes)
    return token


def joined(guest: str, user: User) -> tuple[Cart, list[tuple[str, str]]]:
    claimed = claim_cart(token=guest, user_id=user.pk)
    notes = [(note["about"], note["message"]) for note in claimed.notes]
    return Cart.objects.get(pk=claimed.cart.pk), notes


def test_a_cart_that_says_nothing_takes_over_what_the_guest_said(
    ways: None, house: House, ada: User, variant: Variant, client: Client
) -> None:
    make_coupon("SPRING", "10")
    own = filled(variant, ada)
    shop = Shopper(client)
    guest = shop.cart(variant)
    shop.patch(f"carts/{guest}/", FRANCE | {"shipping_method": "express"})
    shop.post(f"carts/{guest}/coupon/", {"code": "SPRING"})
    login = Shopper(client, Authorization=f"Bearer {begin_login(user=ada).access}")
    answer = login.post(f"carts/{guest}/claim/", {})
    assert answer.status_code == 200, answer.content
    assert_matches_schema(answer)
    data = answer.json()["data"]
    assert data["notes"] == []
    cart = data["cart"]
    assert cart["destination"] == FRANCE
    assert cart["shipping_method"]["code"] == "express"
    assert [(one["code"], one["applied"]) for one in cart["coupons"]] == [("SPRING", True)]
    assert cart["discount"]["amount"] == "2.50"  # of both lines together
    assert cart["total"]["amount"] == "35.40"
    order = login.check_out(own, shipping_address={
        "name": "Ada", "line1": "Rue 1", "city": "Lyon", "country": "FR", "postal_code": "69001",
    }).json()["data"]["order"]  # fmt: skip
    assert (order["total"]["amount"], order["shipping_method"]["code"]) == ("35.40", "express")


def test_a_user_without_a_cart_keeps_all_of_it(ways: None, ada: User, variant: Variant) -> None:
    make_coupon("SPRING", "10")
    wishes = {"destination": FRANCE, "shipping_method": "express", "coupon_codes": ["SPRING"]}
    cart, notes = joined(filled(variant, **wishes), ada)
    assert ({name: getattr(cart, name) for name in wishes}, notes) == (wishes, [])


def test_what_the_own_cart_says_stays_and_what_is_left_out_is_told(
    ways: None, ada: User, variant: Variant
) -> None:
    filled(variant, ada, destination=FRANCE, shipping_method="express")
    cart, notes = joined(filled(variant, destination=TEXAS, shipping_method="air"), ada)
    assert (cart.destination, cart.shipping_method) == (FRANCE, "express")
    assert notes == [
        ("destination", "Your cart goes to FR 69001, as it did before, not to US TX."),
        ("shipping_method", "Your cart is sent by express, as it was before, not by air."),
    ]


def test_a_way_that_does_not_lead_there_is_told(ways: None, ada: User, variant: Variant) -> None:
    filled(variant, ada, destination=FRANCE)
    cart, notes = joined(filled(variant, destination=TEXAS, shipping_method="air"), ada)
    assert (cart.destination, cart.shipping_method) == (FRANCE, "")
    assert notes[1] == ("shipping_method", "All of it cannot be sent by air to FR 69001.")


def test_a_way_comes_along_to_the_same_place(ways: None, ada: User, variant: Variant) -> None:
    filled(variant, ada, destination=FRANCE)
    cart, notes = joined(filled(variant, destination=FRANCE, shipping_method="express"), ada)
    assert (cart.shipping_method, notes) == ("express", [])


def test_codes_of_both_count_where_they_may_be_used_together(ada: User, variant: Variant) -> None:
    for code in ("OWN", "GUEST", "BOTH"):
        make_amount_off(code, 100, is_combinable=True)
    make_coupon("ALONE", "50", is_combinable=False)
    filled(variant, ada, coupon_codes=["OWN", "BOTH"])
    cart, notes = joined(filled(variant, coupon_codes=["BOTH", "ALONE", "GUEST"]), ada)
    assert cart.coupon_codes == ["OWN", "BOTH", "GUEST"]
    assert notes == [("coupon", "ALONE was left out: ALONE cannot be used together with OWN.")]


def test_no_more_codes_than_a_cart_holds(ada: User, variant: Variant) -> None:
    codes = [make_amount_off(f"C{n}", 10, is_combinable=True).code for n in range(7)]
    filled(variant, ada, coupon_codes=codes[:4])
    cart, notes = joined(filled(variant, coupon_codes=codes[4:]), ada)
    assert cart.coupon_codes == codes[:5]
    assert notes == [
        ("coupon", f"{code} was left out: At most 5 codes a cart.") for code in codes[5:]
    ]


def test_a_code_that_counts_no_more_is_shown_with_its_reason(
    ada: User, variant: Variant, client: Client
) -> None:
    make_coupon("GONE", "10", is_active=False)
    filled(variant, ada)
    guest = filled(variant, coupon_codes=["GONE"])
    login = Shopper(client, Authorization=f"Bearer {begin_login(user=ada).access}")
    data = login.post(f"carts/{guest}/claim/", {}).json()["data"]
    (code,) = data["cart"]["coupons"]
    assert (code["code"], code["applied"]) == ("GONE", False)
    assert code["reason"] == "GONE is no longer valid."
