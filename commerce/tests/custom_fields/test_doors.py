"""Custom fields over HTTP: defined, filled in, asked for."""

from typing import Any

import pytest

from commerce.models import FieldDefinition, Product, ProductFigure
from commerce.services.custom_fields.definitions import change_field
from commerce.tests.categories.test_tree import grow
from commerce.tests.custom_fields.test_definitions import define
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import Shopper
from core.api.testing import assert_matches_schema
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


def test_staff_define_change_archive_and_remove(staff: dict[str, Shopper], shop: Shopper) -> None:
    manager, tree = staff["manager"], grow("home", "home/tea")
    path = f"categories/{tree['home'].pk}/fields/"
    body = {
        "key": "weight", "type": "number", "label": {"en": "Weight", "ar": "الوزن"}, "unit": "kg",
        "minimum": 0, "maximum": 12.5, "decimals": 3, "required": True,
    }  # fmt: skip
    made = manager.post(path, body)
    assert made.status_code == 201, made.content
    assert_matches_schema(made)
    row = made.json()["data"]
    assert (row["maximum"], row["inherited"]) == (12.5, False)
    assert b'"maximum":12.5,' in made.content
    below = shop.get(f"categories/{tree['home/tea'].pk}/fields/")
    assert_matches_schema(below)
    assert [(f["key"], f["inherited"]) for f in below.json()["data"]] == [("weight", True)]
    changed = manager.patch(f"{path}{row['id']}/", {"archived": True, "help_text": {"en": "Net."}})
    assert_matches_schema(changed)
    assert changed.json()["data"]["archived"] is True
    elsewhere = f"categories/{tree['home/tea'].pk}/fields/{row['id']}/"
    assert manager.patch(elsewhere, {"required": False}).status_code == 404
    assert manager.delete(f"{path}{row['id']}/").status_code == 204
    everywhere = manager.post("fields/", {"key": "x", "type": "text", "label": {"en": "X"}})
    assert_matches_schema(everywhere)
    assert [f["key"] for f in shop.get("fields/").json()["data"]] == ["x"]
    assert manager.delete(f"fields/{everywhere.json()['data']['id']}/").status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        {"key": "w", "type": "number", "label": {"en": "W"}, "minimum": "1"},
        {"key": "w", "type": "number", "label": {"en": "W"}, "minimum": 1e30},
        {"key": "w", "type": "number", "label": {"en": "W"}, "minimum": 0.00000000001},
        {"key": "w", "type": "choice", "label": {"en": "W"}, "choices": {"a": 1}},
        {"key": "w", "type": "choice", "label": {"en": "W"}, "choices": [{"value": 1}]},
        {"key": "w", "type": "text", "label": "W"},
        {"key": "w", "type": "text", "label": {"en": "W"}, "archived": True},
        {"key": "w\u0000", "type": "text", "label": {"en": "W"}},
    ],
    ids=str,
)
def test_nonsense_is_named_and_nothing_is_written(
    staff: dict[str, Shopper], body: dict[str, Any]
) -> None:
    answer = staff["manager"].post("fields/", body)
    assert answer.status_code == 400, answer.content
    assert answer.json()["error"]["details"] or "NUL" in answer.json()["error"]["message"]
    assert not FieldDefinition.objects.exists()


def test_numbers_of_products_go_in_and_out_to_the_last_digit(staff: dict[str, Shopper]) -> None:
    manager, tree = staff["manager"], grow("home")
    define(tree["home"], "weight", "number")
    define(tree["home"], "made", "date")
    body = {
        "name": "Pot", "vendor": str(make_vendor().pk), "category": str(tree["home"].pk),
        "custom_fields": {"weight": 7, "made": "2026-02-28"},
    }  # fmt: skip
    made = manager.post("products/", body)
    assert made.status_code == 201, made.content
    assert_matches_schema(made)
    path = f"products/{made.json()['data']['id']}/"
    exact = b'{"custom_fields": {"weight": 12345678901234567890.0123456789}}'
    answer = manager.http.patch(
        f"/api/v1/{path}", exact, content_type="application/json", headers=manager.headers
    )
    assert answer.status_code == 200, answer.content
    assert b'"weight":12345678901234567890.0123456789' in answer.content
    assert b'"weight":12345678901234567890.0123456789' in manager.get(path).content
    listed = manager.get("products/")
    assert b'"weight":12345678901234567890.0123456789' in listed.content
    assert b'"made":"2026-02-28"' in listed.content  # what was not given stays
    figures = dict(ProductFigure.objects.values_list("key", "value"))
    assert {key: str(value) for key, value in figures.items()} == {
        "weight": "12345678901234567890.0123456789", "made": "20260228.0000000000",
    }  # fmt: skip
    refused = manager.patch(path, {"custom_fields": {"weight": "7", "size": 1}})
    assert refused.status_code == 400
    assert set(refused.json()["error"]["details"]["custom_fields"]) == {"weight", "size"}


@pytest.fixture
def shelf(staff: dict[str, Shopper]) -> dict[str, Product]:
    """Some products on sale with values of every type."""
    tree = grow("home")
    kinds = {
        "color": "choice", "tags": "multi_choice", "weight": "number", "made": "date",
        "vegan": "boolean", "fabric": "text",
    }  # fmt: skip
    for key, kind in kinds.items():
        define(tree["home"], key, kind)
    vendor, found = make_vendor(), {}
    for name, values in {
        "one": {"color": "red", "tags": ["red"], "weight": 2, "made": "2026-01-01", "vegan": True},
        "two": {"color": "blue", "tags": ["red", "blue"], "weight": 2.5, "made": "2026-06-01",
                "vegan": False, "fabric": "wool, felted"},
        "three": {"weight": 10, "fabric": "wool"},
        "four": {},
    }.items():  # fmt: skip
        product = make_variant(vendor).product
        Product.objects.filter(pk=product.pk).update(name=name, category=tree["home"])
        answer = staff["manager"].patch(f"products/{product.pk}/", {"custom_fields": values})
        assert answer.status_code == 200, answer.content
        found[name] = product
    return found


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("cf.color=red", {"one"}),
        ("cf.color__in=red,blue", {"one", "two"}),
        ("cf.tags=red", {"one", "two"}),
        ("cf.tags=red&cf.tags__in=blue", {"two"}),
        ("cf.weight=2", {"one"}),
        ("cf.weight=2.50", {"two"}),
        ("cf.weight__gte=2.5", {"two", "three"}),
        ("cf.weight__gt=2&cf.weight__lt=10", {"two"}),
        ("cf.weight__lte=1", set()),
        ("cf.weight__in=2,10.0", {"one", "three"}),
        ("cf.made__gte=2026-01-02", {"two"}),
        ("cf.made=2026-01-01", {"one"}),
        ("cf.made__lt=2027-01-01", {"one", "two"}),
        ("cf.vegan=false", {"two"}),
        ("cf.fabric=wool, felted", {"two"}),
        ("cf.fabric=wool", {"three"}),
        ("cf.weight__gte=2&cf.color=red", {"one"}),
    ],
)
def test_products_are_asked_for_by_their_fields(
    shop: Shopper, shelf: dict[str, Product], asked: str, names: set[str]
) -> None:
    answer = shop.get(f"products/?{asked}")
    assert answer.status_code == 200, answer.content
    assert_matches_schema(answer)
    assert {row["name"] for row in answer.json()["data"]} == names
    assert answer.json()["meta"]["count"] == len(names)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("cf.nothing=1", "cf.nothing"), ("cf.=1", "cf."), ("cf.color__gte=red", "cf.color__gte"),
        ("cf.vegan=yes", "cf.vegan"), ("cf.weight__gte=heavy", "cf.weight__gte"),
        ("cf.weight=NaN", "cf.weight"), ("cf.weight=1e999999", "cf.weight"),
        ("cf.made=2026-02-30", "cf.made"), ("cf.fabric__icontains=w", "cf.fabric__icontains"),
        ("cf.weight____gte=1", "cf.weight____gte"),
        ("&".join(f"cf.k{n}=1" for n in range(11)), "cf"),
        ("cf.weight__in=" + ",".join("1" * 51), "cf.weight__in"),
        ("cf.color=red&cf.color=blue", "cf.color"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_named(
    shop: Shopper, shelf: dict[str, Product], asked: str, named: str
) -> None:
    answer = shop.get(f"products/?{asked}")
    assert answer.status_code == 400, answer.content
    assert named in answer.json()["error"]["details"]


def test_an_archived_field_is_not_asked_for(shop: Shopper, shelf: dict[str, Product]) -> None:
    change_field(
        definition_id=FieldDefinition.objects.get(key="color").pk, changes={"archived": True}
    )
    assert shop.get("products/?cf.color=red").status_code == 400


def test_figures_follow_raw_sql_and_leave_with_the_value(shelf: dict[str, Product]) -> None:
    two = Product.objects.filter(pk=shelf["two"].pk)
    assert ProductFigure.objects.filter(product__in=two).count() == 2
    two.update(custom_fields={"weight": 3})
    assert [str(f.value) for f in ProductFigure.objects.filter(product__in=two)] == ["3.0000000000"]
    two.update(custom_fields={"weight": "3", "when": "2026-99-99", "fabric": "2026-1-1"})
    assert {f.key: int(f.value) for f in ProductFigure.objects.filter(product__in=two)} == {
        "when": 20269999  # looks like a day; no field of that type ever asks for it
    }
    two.update(custom_fields={})
    assert not ProductFigure.objects.filter(product__in=two).exists()


def test_a_filter_costs_one_query_however_many_products_answer(
    shop: Shopper, shelf: dict[str, Product]
) -> None:
    def cost(asked: str) -> int:
        return len(queries_of(lambda: shop.get(f"products/?{asked}")))

    few = cost("cf.color=red")
    assert cost("cf.color__in=red,blue") == few
    assert cost("cf.color=red&cf.weight__gte=1&cf.tags=red") == few + 2
