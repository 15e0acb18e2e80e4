"""Counts to narrow a product list by, and the list in the order of its prices."""

import pytest

from commerce.models import Variant, Vendor
from commerce.services.catalogue import change_product
from commerce.services.custom_fields.definitions import add_field
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import Shopper
from tests.cost import queries_of

pytestmark = pytest.mark.django_db
CHOICES = [{"value": "red", "label": {"en": "Red"}}, {"value": "blue", "label": {"en": "Blue"}}]


@pytest.fixture
def coloured(vendor: Vendor) -> list[Variant]:
    """Two red ones of one vendor, a blue one of another's that is red, too."""
    add_field(key="colour", type="choice", label={"en": "Colour"}, choices=CHOICES)
    add_field(key="tags", type="multi_choice", label={"en": "Tags"}, choices=CHOICES)
    made = [make_variant(vendor), make_variant(vendor), make_variant(make_vendor())]
    for variant, colour, tags in zip(
        made, ("red", "red", "blue"), (None, ["red"], ["red", "blue"]), strict=True
    ):
        fields = {"colour": colour, "tags": tags}
        change_product(product=variant.product, changes={"custom_fields": fields})
    return made


def facets(shop: Shopper, **query: str) -> dict[str, object]:
    answer = shop.get("products/facets/", **query)
    assert answer.status_code == 200, answer.content
    return dict(answer.json()["data"])


def test_counts_follow_the_filters_of_the_list(shop: Shopper, coloured: list[Variant]) -> None:
    said = facets(shop)
    assert (said["counted"], said["is_capped"]) == (3, False)
    assert [one["count"] for one in said["vendors"]] == [2, 1]  # type: ignore[attr-defined]
    assert said["fields"] == [
        {"key": "colour",
         "values": [{"value": "red", "count": 2}, {"value": "blue", "count": 1}]},
        {"key": "tags", "values": [{"value": "red", "count": 2}, {"value": "blue", "count": 1}]},
    ]  # fmt: skip
    assert facets(shop, **{"cf.colour": "blue"})["counted"] == 1
    assert facets(shop, vendor=str(coloured[0].vendor_id))["counted"] == 2
    assert shop.get("products/facets/", colour="red").status_code == 400


def test_counting_more_products_costs_no_more_queries(
    shop: Shopper, coloured: list[Variant]
) -> None:
    few = len(queries_of(lambda: facets(shop)))
    for _ in range(5):
        make_variant(make_vendor())
    assert len(queries_of(lambda: facets(shop))) == few


def test_products_come_by_price_page_by_page(shop: Shopper, vendor: Vendor) -> None:
    prices = ["20.00", "5.00", "12.00", "5.00"]
    made = [make_variant(vendor, price=price) for price in prices]
    yen = make_variant(vendor, price="700", currency="JPY")
    by_price = [str(made[place].product_id) for place in (1, 3, 2, 0)]

    def pages(ordering: str) -> list[str]:
        seen: list[str] = []
        query = {"ordering": ordering, "currency": "EUR", "limit": "2"}
        while True:
            answer = shop.get("products/", **query).json()
            seen += [row["id"] for row in answer["data"]]
            following = answer["meta"].get("next")
            if not following:
                return seen
            query["cursor"] = following.partition("cursor=")[2].partition("&")[0]

    assert pages("price") == by_price
    assert pages("-price")[0] == by_price[-1]
    assert str(yen.product_id) not in pages("price")
    assert shop.get("products/", ordering="price").status_code == 400

    def cost() -> int:
        return len(queries_of(lambda: shop.get("products/", ordering="price", currency="EUR")))

    few = cost()
    make_variant(vendor)
    assert cost() == few
