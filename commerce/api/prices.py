"""products/{id}/variants/{variant}/prices/: what it cost, costs and will cost."""

from typing import Any

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.acting import READS_OWN, WRITE
from commerce.api.product_inputs import PriceInput
from commerce.api.variants import found_variant
from commerce.api.visibility import SEES_ALL, managed_product
from commerce.models import Price, Variant
from commerce.services.catalogue.prices import end_price, end_sale, put_on_sale, set_price
from core.api.rows import Rows, money
from core.api.views import ApiView
from core.errors import Invalid, NotFound

HISTORY = 500  # stretches that are shown, the latest

PRICES = Rows(
    columns={
        "price": money("amount_minor"),
        "compare_at": money("compare_at_minor"),
        "valid_from": "valid_from",
        "valid_to": "valid_to",
    },
    model=Price,
)
SHOWN = {
    "type": "object",
    "required": ["price", "compare_at", "valid_from", "valid_to"],
    "additionalProperties": False,
    "properties": {
        "price": {"$ref": "#/components/schemas/Money"},
        "compare_at": {"anyOf": [{"$ref": "#/components/schemas/Money"}, {"type": "null"}]},
        "valid_from": {"type": "string", "format": "date-time"},
        "valid_to": {"type": ["string", "null"], "format": "date-time"},
    },
}


class PricesView(ApiView):
    """Stretches of time, in each currency one after the other: past, present and planned."""

    scopes = {"GET": (SEES_ALL, READS_OWN), "POST": WRITE}
    input = {"POST": PriceInput}
    output = {"type": "array", "items": SHOWN}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """For who looks after the product."""
        product = managed_product(request, kwargs["id"])
        variant = Variant.objects.filter(pk=kwargs["variant"], product=product).first()
        if variant is None:
            raise NotFound("This product has no such variant.")
        return Response(_shown(variant))

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Set or plan a regular price, or a sale."""
        variant = found_variant(request, kwargs["id"], kwargs["variant"])
        given = self.valid()
        begin, end = given["valid_from"], given["valid_to"]
        if given["sale"]:
            put_on_sale(variant_id=variant.pk, price=given["price"], begin=begin, end=end)
        elif end is not None:
            raise Invalid(
                "A regular price holds until the next one.",
                details={"valid_to": ["Only of a sale."]},
            )
        else:
            set_price(variant_id=variant.pk, price=given["price"], begin=begin)
        return Response(_shown(variant), status=status.HTTP_201_CREATED)


class CurrencyPriceView(ApiView):
    """The price in one currency."""

    scopes = {"DELETE": WRITE}

    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Sold in this currency no longer; what was planned is given up. History stays."""
        variant = _sold_variant(request, kwargs)
        end_price(variant_id=variant.pk, currency=kwargs["currency"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class SaleView(ApiView):
    """The sale in one currency."""

    scopes = {"DELETE": WRITE}

    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The regular price from now on; planned sales are given up."""
        variant = _sold_variant(request, kwargs)
        end_sale(variant_id=variant.pk, currency=kwargs["currency"])
        return Response(status=status.HTTP_204_NO_CONTENT)


def _sold_variant(request: Request, path: dict[str, Any]) -> Variant:
    """The variant, which has a price in that currency or will have one. Raises NotFound."""
    variant = found_variant(request, path["id"], path["variant"])
    prices = Price.objects.to_come().filter(variant=variant, currency=path["currency"])
    if not prices.exists():
        raise NotFound("It is not sold in that currency.")
    return variant


def _shown(variant: Variant) -> list[dict[str, Any]]:
    latest = Price.objects.filter(variant=variant).order_by("-valid_from", "currency")
    return PRICES.all(latest[:HISTORY])
