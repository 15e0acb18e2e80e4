"""products/facets/: how many of the products that were asked for stand where, to narrow by."""

from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.products import ProductsView
from commerce.enums import CHOOSING
from commerce.models import Category, FieldDefinition, Product, Vendor
from commerce.wording import category_names
from core.api.lists.page import everything
from core.api.views import ApiView
from core.languages import accepted, fallbacks, read_in

MOST = 10_000  # products that are counted; more are told to be more
COUNTED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["id", "name", "count"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "name": {"type": "string"},
            "count": {"type": "integer"},
        },
    },
}
FACETS: dict[str, Any] = {
    "type": "object",
    "required": ["counted", "is_capped", "categories", "vendors", "fields"],
    "additionalProperties": False,
    "properties": {
        "counted": {"type": "integer", "description": "Products that were counted"},
        "is_capped": {"type": "boolean", "description": f"There are more than {MOST:,}"},
        "categories": COUNTED,
        "vendors": COUNTED,
        "fields": {
            "type": "array",
            "description": "Custom fields of choices, by their keys: narrow by cf.<key>",
            "items": {
                "type": "object",
                "required": ["key", "values"],
                "additionalProperties": False,
                "properties": {
                    "key": {"type": "string"},
                    "values": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["value", "count"],
                            "additionalProperties": False,
                            "properties": {
                                "value": {"type": "string"},
                                "count": {"type": "integer"},
                            },
                        },
                    },
                },
            },
        },
    },
}
VALUES = """
SELECT field.key, choice.value, count(DISTINCT p.id)
FROM commerce_product p
CROSS JOIN LATERAL jsonb_each(p.custom_fields) AS field
CROSS JOIN LATERAL jsonb_array_elements_text(
    CASE jsonb_typeof(field.value) WHEN 'array' THEN field.value
                                   ELSE jsonb_build_array(field.value) END) AS choice(value)
WHERE p.id = ANY(%s) AND field.key = ANY(%s)
GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2
"""


class FacetsView(ApiView):
    """Counts by category, vendor and choice of the products that the same filters and search find
    in `products/` (every one of its parameters is taken), however many there are: five queries."""

    public = {"GET"}
    output = {"GET": FACETS}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Of 10,000 products at most."""
        asked = request.query_params.get("lang", "")
        header = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
        read_in(fallbacks([asked]) if asked else accepted(header))
        self.headers["Vary"] = "Accept-Language"
        asked_for = everything(ProductsView(), request).order_by("-pk")
        found = list(asked_for.values_list("pk", flat=True)[: MOST + 1])
        counted = found[:MOST]
        products = Product.objects.filter(pk__in=counted).order_by()
        return Response(
            {
                "counted": len(counted),
                "is_capped": len(found) > MOST,
                "categories": _categories(products),
                "vendors": _named(products, "vendor", dict(_vendors(products))),
                "fields": _choices(counted),
            }
        )


def _categories(products: QuerySet[Product]) -> list[dict[str, Any]]:
    ids = list(products.exclude(category=None).values_list("category_id", flat=True).distinct())
    names = dict(Category.objects.filter(pk__in=ids).values_list("pk", "name"))
    return _named(products, "category", names | category_names(ids))


def _vendors(products: QuerySet[Product]) -> QuerySet[Vendor, tuple[Any, str]]:
    return Vendor.objects.filter(pk__in=products.values("vendor_id")).values_list("pk", "name")


def _named(products: QuerySet[Product], what: str, names: dict[Any, str]) -> list[dict[str, Any]]:
    counts = products.exclude(**{what: None}).values_list(f"{what}_id").annotate(n=Count("pk"))
    return [
        {"id": str(pk), "name": names.get(pk, ""), "count": n}
        for pk, n in sorted(counts, key=lambda pair: (-pair[1], names.get(pair[0], "")))
    ]


def _choices(counted: list[Any]) -> list[dict[str, Any]]:
    keys = FieldDefinition.objects.filter(type__in=CHOOSING).values_list("key", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(VALUES, [counted, list(keys.distinct())])
        rows = cursor.fetchall()
    fields: dict[str, list[dict[str, Any]]] = {}
    for key, value, count in rows:
        fields.setdefault(key, []).append({"value": value, "count": count})
    return [{"key": key, "values": values} for key, values in fields.items()]
