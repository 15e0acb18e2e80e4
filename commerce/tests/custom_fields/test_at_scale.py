"""With 100,000 products filters and search are answered by their indexes, for visitors too.

Under row security the planner may not look at statistics for `@>` and `@@`, so that a plan which is
good on a small table may be a walk over a large one.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from commerce.enums import FieldType
from commerce.models import Product
from commerce.services.custom_fields.definitions import add_field
from commerce.tests.shop import make_variant, make_vendor
from core.database.owner import owner_login

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PRODUCTS = 100_000
TABLES = ("commerce_product", "commerce_productwords", "commerce_productfigure")
# every thousandth is teal, every second red; the weight is the number
FILL = """
CREATE TEMP TABLE made AS SELECT n, gen_random_uuid() AS id FROM generate_series(1, 100000) n;
INSERT INTO commerce_product ({columns}) SELECT {values} FROM commerce_product x, made
WHERE x.id = %(first)s;
INSERT INTO commerce_productwords (product_id, words)
SELECT id, to_tsvector('simple', 'copy ' || CASE WHEN n %% 1000 = 0 THEN 'rare' ELSE 'usual' END
                                 || ' sku' || n) FROM made;
INSERT INTO commerce_productfigure (product_id, key, value) SELECT id, 'weight', n FROM made;
DROP TABLE made;
"""
CHANGED = {
    "id": "made.id",
    "slug": "'copy-' || n",
    "description": "repeat('A pot of iron, cast in sand by hand. ', 10)",
    "custom_fields": "jsonb_build_object('weight', n, 'color', CASE WHEN n %% 1000 = 0 THEN 'teal' "
    "WHEN n %% 2 = 0 THEN 'red' ELSE 'blue' END)",
}


@pytest.fixture
def catalogue() -> None:
    """Made by SQL, as statistics then know it."""
    with transaction.atomic():
        add_field(key="color", type=FieldType.TEXT, label={"en": "Colour"})
        add_field(key="weight", type=FieldType.NUMBER, label={"en": "Weight"})
        first = make_variant(make_vendor()).product
    columns = [f.column for f in Product._meta.concrete_fields if not f.generated]
    values = [CHANGED.get(column, f"x.{column}") for column in columns]
    with owner_login(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            FILL.format(columns=", ".join(columns), values=", ".join(values)), {"first": first.pk}
        )
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(f"VACUUM ANALYZE {', '.join(TABLES)}")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


@contextmanager
def plans() -> Iterator[list[dict[str, Any]]]:
    """What the statements of a request did, each carried out once more as whoever asks."""
    found: list[dict[str, Any]] = []

    def look(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and any(table in sql for table in TABLES):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
                (plan,) = cursor.fetchone()
                cursor.execute("SELECT current_user")
                assert cursor.fetchone() == ("tw_anonymous",)  # the policies of a visitor
            found.append((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


def touched(plan: dict[str, Any]) -> float:
    """Rows of the busiest part of a plan."""
    return max(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in nodes(plan)
    )


ASKED = {
    "a rare value": ("cf.color=teal", 100, "commerce_product_custom"),
    "a value of half of them": ("cf.color=red", None, "commerce_product_"),
    "a range that few are in": ("cf.weight__gte=99990", 11, "commerce_productfigure_range"),
    "a rare word": ("search=rare", 100, "commerce_productwords_words"),
    "a SKU": ("search=sku77777", 1, "commerce_productwords_words"),
    "a word nobody says": ("search=nowhere", 0, "commerce_productwords_words"),
}


def test_filters_and_search_read_their_index_and_few_rows(catalogue: None) -> None:
    for what, (query, count, index) in ASKED.items():
        with plans() as seen:
            answer = Client().get(f"/api/v1/products/?limit=25&{query}")
        assert answer.status_code == 200, answer.content
        if count is not None:
            assert answer.json()["meta"]["count"] == count, what
        used = {node.get("Index Name", "") for plan in seen for node in nodes(plan)}
        assert any(name.startswith(index) for name in used), (what, used)
        scanned = [
            node["Relation Name"]
            for plan in seen
            for node in nodes(plan)
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in TABLES
        ]
        assert not scanned, (what, scanned)
        if count is not None:
            assert max(touched(plan) for plan in seen) < PRODUCTS / 10, what
