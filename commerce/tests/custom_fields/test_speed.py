"""Filters by custom fields, and row security of the catalogue, at 100,000 products: no scan."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from commerce.api.custom_fields import narrow_by_custom_fields
from commerce.custom_fields.filters import conditions
from commerce.custom_fields.narrowing import probe
from commerce.models import Category, Product
from commerce.services.catalogue.categories import place_category
from commerce.services.custom_fields.of_products import types_of
from commerce.tests.custom_fields.test_definitions import define
from commerce.tests.shop import make_vendor
from core.database.owner import owner_login
from core.identity import Identity, Role, acting_as
from core.ids import new_id

PRODUCTS = 100_000
STEP = 10_000
FILL = """
INSERT INTO commerce_product
       (id, created_at, updated_at, vendor_id, category_id, status, name, slug, description,
        service, custom_fields)
SELECT gen_random_uuid(), now(), now(), %(vendor)s, %(category)s, 'active', 'P' || n, 'p-' || n,
       '', '', jsonb_build_object('color', CASE WHEN n %% 2000 = 0 THEN 'red' ELSE 'blue' END,
                                  'weight', n, 'made', to_char(date '2000-01-01' + n, 'YYYY-MM-DD'))
FROM generate_series(%(first)s, %(last)s) AS n
"""
GIN, RANGE = "commerce_product_custom", "commerce_productfigure_range"
ASKED = {
    "color": ("red", GIN, 50),
    "weight": ("77", GIN, 1),
    "weight__gte": ("99990", RANGE, 11),
    "made__lte": ("2000-01-20", RANGE, 19),
}


def fill() -> None:
    """So many products, with statistics."""
    with transaction.atomic():
        category = place_category(Category(name="Home", slug="home"))
        for key, kind in (("color", "choice"), ("weight", "number"), ("made", "date")):
            define(category, key, kind)
        values = {"vendor": make_vendor().pk, "category": category.pk}
        with connection.cursor() as cursor:
            for first in range(1, PRODUCTS, STEP):
                cursor.execute(FILL, values | {"first": first, "last": first + STEP - 1})
    with owner_login(), connection.cursor() as cursor:
        for table in ("commerce_product", "commerce_productfigure", "commerce_vendor"):
            cursor.execute(f"ANALYZE {table}")


def plan_of(products: Any) -> list[dict[str, Any]]:
    """The nodes of the plan."""
    (explained,) = json.loads(products.explain(format="json"))
    return list(nodes(explained["Plan"]))


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def assert_no_scan(plan: list[dict[str, Any]]) -> None:
    """No table of products is read from end to end."""
    scanned = {node["Relation Name"] for node in plan if node["Node Type"] == "Seq Scan"}
    assert not scanned & {"commerce_product", "commerce_productfigure"}, plan


@pytest.mark.django_db(transaction=True)
def test_no_filter_reads_all_products_whoever_asks() -> None:
    """All in one, since filling the shelf is what takes time."""
    fill()
    for role in (Role.ANONYMOUS, Role.SHOPPER, Role.MANAGER):
        with acting_as(Identity(role, new_id())), transaction.atomic():
            on_sale = Product.objects.on_sale()  # type: ignore[attr-defined]  # as_manager()
            for name, (value, index, number) in ASKED.items():
                (condition,) = conditions({name: value}, types_of)
                asked = plan_of(probe(condition))
                assert_no_scan(asked)
                assert index in {node.get("Index Name") for node in asked}, (role, name, asked)
                found = narrow_by_custom_fields(on_sale, {f"cf.{name}": value})
                assert found.count() == number
                assert_no_scan(plan_of(found.order_by("-id")[:25]))
            many = narrow_by_custom_fields(on_sale, {"cf.color": "blue"})
            assert_no_scan(plan_of(many.order_by("-id")[:25]))
            newest = plan_of(on_sale.order_by("-id")[:25])
            assert_no_scan(newest)
            # row security adds nothing to reading: no membership is asked for
            assert "app_my_vendors" not in str(newest)
