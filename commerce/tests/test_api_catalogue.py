"""The public catalogue, and who may change it."""

from typing import Any
from uuid import uuid4

import pytest

from commerce.models import Price, Product, StockItem, Variant, Vendor
from commerce.services.catalogue import set_price
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import Shopper
from core.api.testing import assert_matches_schema
from core.money import Money
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


def new_product(vendor: Vendor, **more: Any) -> dict[str, Any]:
    return {
        "name": "Iron teapot",
        "vendor": str(vendor.pk),
        "status": "active",
        "service": "goods",
        "variants": [
            {
                "sku": "POT-1",
                "options": {"colour": "black"},
                "stock": 4,
                "prices": [
                    {"amount": "48.00", "currency": "EUR"},
                    {"amount": "7000", "currency": "JPY"},
                ],
            }
        ],
    } | more


def test_a_product_is_seen_with_its_variants_prices_and_stock(
    shop: Shopper, variant: Variant
) -> None:
    answer = shop.get(f"products/{variant.product_id}/")
    assert answer.status_code == 200
    assert_matches_schema(answer)
    (seen,) = answer.json()["data"]["variants"]
    assert seen == {
        "id": str(variant.pk),
        "sku": variant.sku,
        "options": {},
        "active": True,
        "weight_grams": None,
        "available": 10,
        "prices": [{"amount": "12.50", "currency": "EUR"}],
    }


@pytest.mark.parametrize("hide", [{"status": "draft"}, {"status": "archived"}])
def test_the_public_does_not_see_what_is_not_on_sale(
    shop: Shopper, staff: dict[str, Shopper], variant: Variant, hide: dict[str, str]
) -> None:
    Product.objects.update(**hide)
    assert shop.get("products/").json()["data"] == []
    assert shop.get(f"products/{variant.product_id}/").status_code == 404
    assert staff["shopper"].get("products/").json()["data"] == []
    assert len(staff["readonly"].get("products/").json()["data"]) == 1


def test_a_suspended_vendors_products_are_gone(shop: Shopper, variant: Variant) -> None:
    Vendor.objects.update(status="suspended")
    assert shop.get("products/").json()["data"] == []
    assert shop.get("vendors/").json()["data"] == []


def test_a_page_of_products_costs_the_same_for_one_or_five(shop: Shopper) -> None:
    vendor = make_vendor()

    def add() -> None:
        set_price(variant_id=make_variant(vendor).pk, price=Money(999, "USD"))

    add()
    one = queries_of(lambda: shop.get("products/"))
    for _ in range(4):
        add()
    assert len(queries_of(lambda: shop.get("products/"))) == len(one)
    assert sum('FROM "commerce_product"' in sql for sql in one) == 1
    answer = shop.get("products/")
    assert len(answer.json()["data"]) == 5
    assert_matches_schema(answer)


def test_staff_add_products_with_their_variants(staff: dict[str, Shopper], vendor: Vendor) -> None:
    answer = staff["manager"].post("products/", new_product(vendor))
    assert answer.status_code == 201, answer.content
    assert_matches_schema(answer)
    (seen,) = answer.json()["data"]["variants"]
    assert seen["available"] == 4
    assert {"amount": "7000", "currency": "JPY"} in seen["prices"]
    again = staff["manager"].post("products/", new_product(vendor))
    assert again.status_code == 409
    assert Product.objects.count() == 1


def test_nothing_is_half_written(staff: dict[str, Shopper], vendor: Vendor) -> None:
    product = new_product(vendor)
    product["variants"].append(product["variants"][0] | {"options": {}})  # the SKU again
    assert staff["manager"].post("products/", product).status_code == 409
    assert not Product.objects.exists()
    assert not StockItem.objects.exists()


@pytest.mark.parametrize(
    ("role", "status"), [("admin", 201), ("manager", 201), ("agent", 403), ("shopper", 403)]
)
def test_who_may_add_products(
    staff: dict[str, Shopper], vendor: Vendor, role: str, status: int
) -> None:
    assert staff[role].post("products/", new_product(vendor)).status_code == status
    assert Product.objects.count() == (status == 201)


def test_a_stranger_adds_nothing(shop: Shopper, vendor: Vendor) -> None:
    assert shop.post("products/", new_product(vendor)).status_code == 401
    assert shop.post("vendors/", {"name": "Me"}).status_code == 401
    assert shop.post("categories/", {"name": "Me", "slug": "me"}).status_code == 401


def test_a_variant_is_added_and_a_product_changed(
    staff: dict[str, Shopper], variant: Variant
) -> None:
    path = f"products/{variant.product_id}/"
    given = {
        "sku": "B", "options": {"size": "L"}, "prices": [{"amount": "1.00", "currency": "EUR"}],
    }  # fmt: skip
    made = staff["manager"].post(f"{path}variants/", given)
    assert made.status_code == 201, made.content
    assert_matches_schema(made)
    assert made.json()["data"]["available"] == 0
    changed = staff["manager"].patch(path, {"name": "Better", "category": None})
    assert changed.json()["data"]["name"] == "Better"
    assert len(changed.json()["data"]["variants"]) == 2
    assert_matches_schema(staff["manager"].get(f"{path}variants/"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"sku": "X", "prices": []},
        {"sku": "X"},
        {"sku": "X", "prices": [{"amount": "1.005", "currency": "EUR"}]},
        {"sku": "X", "prices": [{"amount": "-1", "currency": "EUR"}]},
        {"sku": "X", "prices": [{"amount": "1", "currency": "XXX"}]},
        {"sku": "X" * 65, "prices": [{"amount": "1", "currency": "EUR"}]},
        {"sku": "X", "prices": [{"amount": "1", "currency": "EUR"}], "stock": -1},
        {"sku": "X", "prices": [{"amount": "1", "currency": "EUR"}], "options": [1]},
        {"sku": "X", "prices": [{"amount": "1", "currency": "EUR"}], "colour": "red"},
    ],
)
def test_a_wrong_variant_is_a_400(
    staff: dict[str, Shopper], variant: Variant, wrong: dict[str, Any]
) -> None:
    answer = staff["manager"].post(f"products/{variant.product_id}/variants/", wrong)
    assert answer.status_code == 400, answer.content
    assert answer.json()["error"]["details"]


def test_vendors_show_their_terms_to_staff_only(
    shop: Shopper, staff: dict[str, Shopper], vendor: Vendor
) -> None:
    public = shop.get("vendors/", expand="terms").json()["data"]
    assert public[0]["terms"] is None
    assert vendor.contact_email not in shop.get("vendors/").content.decode()
    seen = staff["manager"].get("vendors/", expand="terms")
    assert_matches_schema(seen)
    assert seen.json()["data"][0]["terms"]["contact_email"] == vendor.contact_email


def test_vendors_and_categories_are_added_by_staff(staff: dict[str, Shopper]) -> None:
    made = staff["manager"].post("vendors/", {"name": "Kyoto Iron", "country": "JP"})
    assert made.status_code == 201, made.content
    assert made.json()["data"]["status"] == "applied"
    assert_matches_schema(made)
    home = staff["manager"].post("categories/", {"name": "Home", "slug": "home"})
    tea = staff["manager"].post(
        "categories/", {"name": "Tea", "slug": "tea", "parent": home.json()["data"]["id"]}
    )
    assert tea.json()["data"]["path"] == "home/tea"
    assert_matches_schema(tea)
    assert (
        staff["manager"]
        .post("categories/", {"name": "Tea", "slug": "tea", "parent": str(uuid4())})
        .status_code
        == 400
    )


def test_a_new_price_ends_the_former_one(variant: Variant) -> None:
    set_price(variant_id=variant.pk, price=Money(1300, "EUR"))
    set_price(variant_id=variant.pk, price=Money(1300, "EUR"))
    prices = Price.objects.filter(variant=variant).order_by("valid_from")
    assert [(price.amount_minor, price.valid_to is None) for price in prices] == [
        (1250, False), (1300, True),
    ]  # fmt: skip


def test_a_product_is_found_once_by_a_whole_sku(shop: Shopper, variant: Variant) -> None:
    assert shop.get("products/", sku=variant.sku).json()["meta"]["count"] == 1
    assert shop.get("products/", sku="none").json()["data"] == []
    assert shop.get("products/", sku__icontains="S").status_code == 400
