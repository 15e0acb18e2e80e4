"""Carts over HTTP: the token is the key, prices are shown and re-checked, nonsense is refused."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from commerce.models import Cart, Order, Price, Product, StockItem, Variant
from commerce.services.catalogue import set_price
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import HOME, Shopper
from core.api.testing import assert_matches_schema
from core.money import Money
from payments.tests.house import House
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


def test_a_cart_is_opened_filled_changed_and_emptied(shop: Shopper, variant: Variant) -> None:
    opened = shop.post("carts/", {"currency": "EUR"})
    assert opened.status_code == 201
    assert_matches_schema(opened)
    token = opened.json()["data"]["token"]
    item = {"variant": str(variant.pk), "quantity": 2}
    filled = shop.post(f"carts/{token}/items/", item)
    assert_matches_schema(filled)
    assert filled.json()["data"]["subtotal"] == {"amount": "25.00", "currency": "EUR"}
    more = shop.post(f"carts/{token}/items/", item).json()["data"]
    assert [line["quantity"] for line in more["items"]] == [4]
    path = f"carts/{token}/items/{variant.pk}/"
    changed = shop.patch(path, {"quantity": 1})
    assert_matches_schema(changed)
    assert changed.json()["data"]["items"][0]["total"]["amount"] == "12.50"
    emptied = shop.http.delete(f"/api/v1/{path}")
    assert emptied.json()["data"]["items"] == []
    assert shop.get(f"carts/{token}/").json()["data"]["subtotal"]["amount"] == "0.00"


def test_the_token_is_not_in_the_database(shop: Shopper) -> None:
    token = shop.cart()
    with connection.cursor() as cursor:
        cursor.execute("SELECT commerce_cart::text FROM commerce_cart")
        assert token not in str(cursor.fetchall())
    assert len(token) >= 22


@pytest.mark.parametrize("token", ["x", "0" * 22, "%00", "..", "é", "a" * 500])
def test_a_wrong_token_opens_nothing(shop: Shopper, token: str) -> None:
    shop.cart()
    assert shop.get(f"carts/{token}/").status_code in {400, 404}


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"variant": "x"},
        {"variant": None},
        {"quantity": 1},
        {"variant": "REAL", "quantity": 0},
        {"variant": "REAL", "quantity": -1},
        {"variant": "REAL", "quantity": 10_001},
        {"variant": "REAL", "quantity": "2"},
        {"variant": "REAL", "quantity": True},
        {"variant": "REAL", "quantity": 1, "price": "0.01"},
        {"variant": "OTHER"},
    ],
)
def test_a_wrong_item_is_a_400(shop: Shopper, variant: Variant, item: dict[str, Any]) -> None:
    names = {"REAL": str(variant.pk), "OTHER": str(uuid4())}
    sent = {name: names.get(str(value), value) for name, value in item.items()}
    answer = shop.post(f"carts/{shop.cart()}/items/", sent)
    assert answer.status_code == 400, answer.content
    assert answer.json()["error"]["details"]


def test_what_is_not_sold_in_the_carts_currency_cannot_be_put_in(
    shop: Shopper, variant: Variant
) -> None:
    token = shop.cart(currency="JPY")
    answer = shop.post(f"carts/{token}/items/", {"variant": str(variant.pk)})
    assert answer.status_code == 400
    assert "JPY" in answer.content.decode()
    assert shop.post("carts/", {"currency": "XXX"}).status_code == 400


def test_a_full_cart_costs_no_more_queries_than_one_with_a_line(shop: Shopper) -> None:
    vendor = make_vendor()
    one = shop.cart(make_variant(vendor))
    five = shop.cart(*[make_variant(vendor) for _ in range(5)])
    costs = {len(queries_of(lambda t=token: shop.get(f"carts/{t}/"))) for token in (one, five)}
    assert len(costs) == 1


def test_a_new_price_is_shown_before_it_is_paid(
    shop: Shopper, house: House, variant: Variant
) -> None:
    token = shop.cart(variant)
    set_price(variant_id=variant.pk, price=Money(1400, "EUR"))
    refused = shop.check_out(token)
    assert refused.status_code == 409
    (line,) = refused.json()["error"]["details"]["price_changed"]
    assert (line["was"]["amount"], line["now"]["amount"]) == ("12.50", "14.00")
    assert not Order.objects.exists()
    accepted = shop.check_out(token)  # the same key: a refusal of this kind is not kept
    assert accepted.status_code == 201
    assert accepted.json()["data"]["order"]["total"]["amount"] == "14.00"
    assert_matches_schema(accepted)


def test_what_is_gone_or_short_is_named(shop: Shopper, house: House, variant: Variant) -> None:
    token = shop.cart(variant, quantity=3)
    StockItem.objects.update(on_hand=2)
    short = shop.check_out(token)
    assert short.status_code == 409
    assert short.json()["error"]["details"]["out_of_stock"][0]["available"] == 2
    assert shop.get(f"carts/{token}/").json()["data"]["items"][0]["in_stock"] is False
    Product.objects.update(status="archived")
    gone = shop.check_out(token)
    assert gone.status_code == 409
    assert gone.json()["error"]["details"]["not_on_sale"] == [variant.sku]


def test_an_ordered_cart_takes_nothing_more(shop: Shopper, house: House, variant: Variant) -> None:
    token = shop.cart(variant)
    number = shop.check_out(token).json()["data"]["order"]["number"]
    assert shop.post(f"carts/{token}/items/", {"variant": str(variant.pk)}).status_code == 409
    assert shop.get(f"carts/{token}/").json()["data"]["order"] == number


def test_an_empty_cart_is_not_ordered(shop: Shopper) -> None:
    assert shop.check_out(shop.cart()).status_code == 400


def test_a_checkout_needs_its_key(shop: Shopper, variant: Variant) -> None:
    token = shop.cart(variant)
    body = {"gateway": "stripe", "email": "a@example.com", "shipping_address": HOME}
    answer = shop.post(f"carts/{token}/checkout/", body)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["error"]["details"]


def test_a_key_belongs_to_one_request(shop: Shopper, house: House, variant: Variant) -> None:
    token = shop.cart(variant)
    shop.check_out(token)
    assert shop.check_out(token, email="other@example.com").status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("gateway", "barter"),
        ("gateway", ""),
        ("email", "nobody"),
        ("email", ""),
        ("shipping_address", None),
        ("shipping_address", "Rue 1"),
        ("shipping_address", {}),
        ("shipping_address", HOME | {"country": "XX"}),
        ("shipping_address", HOME | {"country": "France"}),
        ("shipping_address", HOME | {"name": "  "}),
        ("shipping_address", HOME | {"line1": "a\nb"}),
        ("shipping_address", HOME | {"city": 5}),
        ("shipping_address", HOME | {"planet": "Mars"}),
        ("billing_address", HOME | {"city": "x" * 101}),
        ("success_url", "javascript:alert(1)"),
        ("success_url", "https://elsewhere.example/thanks"),
        ("cancel_url", "https://elsewhere.example/back"),
        ("total", "0.01"),
    ],
)
def test_a_wrong_checkout_is_a_400_and_orders_nothing(
    shop: Shopper, house: House, variant: Variant, field: str, value: object
) -> None:
    answer = shop.check_out(shop.cart(variant), **{field: value})
    assert answer.status_code == 400, answer.content
    assert field in str(answer.json()["error"]["details"])
    assert not Order.objects.exists()
    assert StockItem.objects.get().reserved == 0


def test_a_logged_in_shopper_sees_their_order(
    staff: dict[str, Shopper], house: House, variant: Variant
) -> None:
    sam = staff["shopper"]
    order = sam.check_out(sam.cart(variant), email="shopper@example.com").json()["data"]["order"]
    assert Cart.objects.get().user is not None
    seen = sam.get(f"orders/{order['id']}/")
    assert seen.status_code == 200, seen.content
    assert seen.json()["data"]["lines"][0]["sku"] == variant.sku


def test_what_costs_nothing_is_ordered_without_a_payment(shop: Shopper, variant: Variant) -> None:
    Price.objects.update(amount_minor=0)
    answer = shop.check_out(shop.cart(variant))
    assert answer.status_code == 201, answer.content
    data = answer.json()["data"]
    assert data["payment"] is None
    assert data["order"]["payment_status"] == "paid"
    assert StockItem.objects.get().allocated == 1
