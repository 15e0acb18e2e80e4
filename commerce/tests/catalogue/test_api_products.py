"""Products over HTTP: filters, variants, options, prices, many prices at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from commerce.models import Price, Product, ProductMedia, StockItem, Variant, Vendor
from commerce.services.catalogue.bulk_prices import do_next_batch
from commerce.services.catalogue.prices import put_on_sale
from commerce.services.catalogue.variants import add_variant, change_variant
from commerce.tests.shop import make_variant
from commerce.tests.shopper import Shopper
from core.api.testing import assert_matches_schema
from core.money import Money
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


def found(shop: Shopper, **query: str) -> list[str]:
    answer = shop.get("products/", **query)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["data"]]


def ids(*variants: Variant) -> list[str]:
    return [str(variant.product_id) for variant in variants]


def path(variant: Variant) -> str:
    return f"products/{variant.product_id}/variants/{variant.pk}/"


def test_a_price_range_is_of_one_variant_in_one_currency(shop: Shopper, vendor: Vendor) -> None:
    cheap, dear = make_variant(vendor, price="5.00"), make_variant(vendor, price="50.00")
    yen = make_variant(vendor, price="700", currency="JPY")
    assert found(shop, currency="EUR", price__lte="10") == ids(cheap)
    assert found(shop, currency="EUR", price__gte="10", price__lte="50") == ids(dear)
    assert found(shop, currency="JPY") == ids(yen)
    add_variant(product=cheap.product, sku="X", prices=[Money(9900, "EUR")], options={"a": "b"})
    assert found(shop, currency="EUR", price__gte="10", price__lte="60") == ids(dear)


def test_what_is_in_stock_or_on_sale_is_found(shop: Shopper, vendor: Vendor) -> None:
    here, gone = make_variant(vendor), make_variant(vendor, stock=0)
    StockItem.objects.filter(variant=gone).delete()
    endless = make_variant(vendor, stock=0)
    change_variant(variant=endless, changes={"tracks_stock": False})
    assert found(shop, in_stock="true") == ids(endless, here)
    assert found(shop, in_stock="false") == ids(gone)
    put_on_sale(variant_id=here.pk, price=Money(999, "EUR"))
    assert found(shop, on_sale="true") == ids(here)


@pytest.mark.parametrize(
    "wrong",
    [
        {"price__lte": "10"},
        {"currency": "XXX"},
        {"currency": "EUR", "price__gte": "cheap"},
        {"currency": "EUR", "price__gte": "1.234"},
        {"in_stock": "maybe"},
        {"colour": "red"},
    ],
)
def test_a_wrong_filter_is_named(shop: Shopper, wrong: dict[str, str]) -> None:
    answer = shop.get("products/", **wrong)
    assert answer.status_code == 400
    assert set(answer.json()["error"]["details"]) <= {*wrong, "currency"}


def test_a_sale_is_shown_with_the_regular_price_and_its_end(
    shop: Shopper, staff: dict[str, Shopper], variant: Variant
) -> None:
    until = timezone.now() + timedelta(days=3)
    sale = {
        "price": {"amount": "10.00", "currency": "EUR"}, "sale": True,
        "valid_to": until.isoformat(),
    }  # fmt: skip
    answer = staff["manager"].post(f"{path(variant)}prices/", sale)
    assert answer.status_code == 201, answer.content
    assert_matches_schema(answer)
    seen = shop.get(f"products/{variant.product_id}/")
    assert_matches_schema(seen)
    (price,) = seen.json()["data"]["variants"][0]["prices"]
    assert (price["amount"], price["compare_at"]["amount"]) == ("10.00", "12.50")
    assert price["until"].startswith(until.strftime("%Y-%m-%dT%H:%M"))
    assert staff["manager"].delete(f"{path(variant)}prices/EUR/sale/").status_code == 204
    assert len(staff["readonly"].get(f"{path(variant)}prices/").json()["data"]) == 3
    assert staff["manager"].delete(f"{path(variant)}prices/USD/").status_code == 404


def test_a_planned_price_is_not_shown_before_its_time(
    shop: Shopper, staff: dict[str, Shopper], variant: Variant
) -> None:
    later = {
        "price": {"amount": "99.00", "currency": "EUR"},
        "valid_from": (timezone.now() + timedelta(days=1)).isoformat(),
    }
    assert staff["manager"].post(f"{path(variant)}prices/", later).status_code == 201
    seen = shop.get(f"products/{variant.product_id}/").json()["data"]
    assert seen["variants"][0]["prices"] == [{"amount": "12.50", "currency": "EUR"}]
    assert shop.get(f"{path(variant)}prices/").status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"price": {"amount": "1", "currency": "EUR"}, "valid_from": "2001-01-01T00:00:00Z"}, 400),
        ({"price": {"amount": "1", "currency": "EUR"}, "valid_to": "2999-01-01T00:00:00Z"}, 400),
        ({"price": {"amount": "13", "currency": "EUR"}, "sale": True}, 409),
        ({"price": {"amount": "-1", "currency": "EUR"}}, 400),
        ({"sale": True}, 400),
    ],
)
def test_a_price_that_cannot_be_is_refused(
    staff: dict[str, Shopper], variant: Variant, body: dict[str, Any], status: int
) -> None:
    answer = staff["manager"].post(f"{path(variant)}prices/", body)
    assert answer.status_code == status, answer.content
    assert Price.objects.count() == 1


def test_a_variant_is_changed_and_taken_off_sale(
    shop: Shopper, staff: dict[str, Shopper], variant: Variant
) -> None:
    body = {
        "sku": "NEW", "weight_grams": 900, "barcode": "1", "options": {"Size": "M"},
        "prices": [{"amount": "14.00", "currency": "USD"}],
    }  # fmt: skip
    changed = staff["manager"].patch(path(variant), body)
    assert changed.status_code == 200, changed.content
    assert_matches_schema(changed)
    assert changed.json()["data"]["prices"] == [{"amount": "14.00", "currency": "USD"}]
    staff["manager"].patch(path(variant), {"active": False})
    door = f"products/{variant.product_id}/variants/"
    assert shop.get(door).json()["data"] == []
    assert [v["active"] for v in staff["manager"].get(door).json()["data"]] == [False]


def test_going_on_sale_says_what_is_missing(staff: dict[str, Shopper], vendor: Vendor) -> None:
    body = {"name": "Pot", "vendor": str(vendor.pk)}
    refused = staff["manager"].post("products/", body | {"status": "active"})
    assert refused.status_code == 409
    assert refused.json()["error"]["details"]["status"] == ["A variant that is sold."]
    assert not Product.objects.exists()
    draft = staff["manager"].post("products/", body).json()["data"]["id"]
    assert staff["manager"].patch(f"products/{draft}/", {"status": "active"}).status_code == 409


def test_options_and_combinations_are_made(staff: dict[str, Shopper], variant: Variant) -> None:
    door = f"products/{variant.product_id}/"
    manager = staff["manager"]
    body = {"options": [{"name": "Size", "values": ["S", "M"]}]}
    answer = manager.http.put(
        f"/api/v1/{door}options/", body, content_type="application/json", headers=manager.headers
    )
    assert answer.status_code == 200, answer.content
    made = manager.post(f"{door}combinations/", {})
    assert made.status_code == 201, made.content
    assert_matches_schema(made)
    assert [v["options"] for v in made.json()["data"]] == [{"Size": "S"}, {"Size": "M"}]
    assert made.json()["data"][0]["prices"] == [{"amount": "12.50", "currency": "EUR"}]


def test_a_page_costs_the_same_for_one_or_seven_with_all_that_hangs_on_them(
    shop: Shopper, vendor: Vendor
) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            variant = make_variant(vendor)
            add_variant(
                product=variant.product, sku=f"{variant.sku}-2", options={"Size": "M"},
                prices=[Money(100, "EUR"), Money(100, "USD")],
            )  # fmt: skip

    add(1)
    one = queries_of(lambda: shop.get("products/"))
    add(6)
    seven = queries_of(lambda: shop.get("products/", limit="200"))
    assert len(seven) == len(one)
    assert ProductMedia.objects.count() == 0
    assert len(shop.get("products/").json()["data"]) == 7


def test_many_prices_are_planned_made_and_taken_back(
    staff: dict[str, Shopper], variant: Variant
) -> None:
    body = {"percent_bps": -1000, "selection": {"products": [str(variant.product_id)]}}
    plan = staff["manager"].post("price-changes/", body)
    assert plan.status_code == 201, plan.content
    assert_matches_schema(plan)
    (item,) = plan.json()["data"]["items"]
    assert (item["before"]["amount"], item["after"]["amount"]) == ("12.50", "11.25")
    door = f"price-changes/{plan.json()['data']['id']}/"
    begun = staff["manager"].post(f"{door}apply/", {})
    assert begun.status_code == 202
    do_next_batch(change_id=plan.json()["data"]["id"])
    assert staff["manager"].get(door).json()["data"]["state"] == "done"
    assert staff["manager"].post(f"{door}undo/", {}).status_code == 202
    do_next_batch(change_id=plan.json()["data"]["id"])
    assert Price.objects.at().get().amount_minor == 1250
    assert staff["agent"].post("price-changes/", body).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"selection": {}},
        {"percent_bps": 1, "amount": {"amount": "1", "currency": "EUR"}, "selection": {}},
        {"percent_bps": 0, "selection": {}},
        {"percent_bps": 100, "selection": {"colour": "red"}},
        {"percent_bps": 100, "selection": {}, "currency": "XXX"},
        {"percent_bps": 100, "selection": {}, "ending": "odd"},
    ],
)
def test_a_change_of_prices_that_cannot_be_is_a_400(
    staff: dict[str, Shopper], variant: Variant, wrong: dict[str, Any]
) -> None:
    answer = staff["manager"].post("price-changes/", wrong)
    assert answer.status_code == 400, answer.content
