"""orders/{id}/lines/: what an order holds is changed, before it is sent."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.order_rows import ORDERS, with_lines
from commerce.models import Order
from commerce.models.cart import MOST_PIECES
from commerce.services.carts import MOST_LINES
from commerce.services.orders.change_lines import change_lines, preview_lines
from commerce.services.orders.line_plan import LineChange, LinePlan
from core.api.fields import Input, MoneyField, TextField, TrueFalseField, WholeNumberField
from core.api.schema.shapes import MONEY, shape_of_rows
from core.api.views import ApiView
from core.errors import Invalid


class LineInput(Input):
    """So many of one line from now on; none takes it out."""

    line = serializers.UUIDField()
    quantity = WholeNumberField(min_value=0, max_value=MOST_PIECES)


class AddedInput(Input):
    """Something the order does not hold yet, at today's price."""

    variant = serializers.UUIDField()
    quantity = WholeNumberField(min_value=1, max_value=MOST_PIECES)


class LinesInput(Input):
    """What is to become of the lines, why, and which state of the order the caller has read.

    `dry_run`: only what it would come to. `expected_total`: refused when it comes to another sum.
    """

    revision = WholeNumberField(min_value=0)
    reason = TextField(max_length=1000, lines=True)
    lines = serializers.ListField(
        child=LineInput(), required=False, max_length=MOST_LINES, default=list
    )
    add = serializers.ListField(
        child=AddedInput(), required=False, max_length=MOST_LINES, default=list
    )
    reprice_shipping = TrueFalseField(required=False, default=False)
    expected_total = MoneyField(required=False, allow_null=True, default=None)
    dry_run = TrueFalseField(required=False, default=False)


CHANGE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["applied", "total", "difference", "lines", "coupons", "order"],
    "additionalProperties": False,
    "properties": {
        "applied": {"type": "boolean", "description": "False after a dry run"},
        "total": MONEY,
        "difference": {"description": "Below nothing: goes back", **MONEY},
        "lines": {
            "type": "array",
            "description": "Lines with another number of pieces",
            "items": {
                "type": "object",
                "required": ["sku", "before", "quantity", "unit_price", "total"],
                "additionalProperties": False,
                "properties": {
                    "sku": {"type": "string"},
                    "before": {"type": "integer"},
                    "quantity": {"type": "integer"},
                    "unit_price": MONEY,
                    "total": MONEY,
                },
            },
        },
        "coupons": {
            "type": "array",
            "description": "Codes that count no longer, and why",
            "items": {
                "type": "object",
                "required": ["code", "reason"],
                "additionalProperties": False,
                "properties": {"code": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
        "order": shape_of_rows(ORDERS, Order),
    },
}


class OrderLinesView(ApiView):
    """Change how many of what an order holds. What was ordered keeps its price; stock, parts and
    totals follow. A paid order gives back what it costs less and asks for what it costs more."""

    scopes = {"PATCH": "orders:write"}
    input = {"PATCH": LinesInput}
    output = {"PATCH": (200, CHANGE_SCHEMA)}

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """409 says what stands against it: sent, changed meanwhile, another sum, no stock."""
        given = self.valid()
        change = _change(given)
        if given["dry_run"]:
            plan = preview_lines(order_id=kwargs["id"], change=change)
        else:
            plan = change_lines(
                order_id=kwargs["id"],
                revision=given["revision"],
                reason=given["reason"],
                change=change,
                expected_total=given["expected_total"],
            )
        return Response(
            _shown(plan)
            | {
                "applied": not given["dry_run"],
                "order": ORDERS.one(with_lines(Order.objects.filter(pk=kwargs["id"]))),
            }
        )


def _change(given: dict[str, Any]) -> LineChange:
    """Raises Invalid for something named twice."""
    quantities = {one["line"]: one["quantity"] for one in given["lines"]}
    added = {one["variant"]: one["quantity"] for one in given["add"]}
    twice = {}
    if len(quantities) < len(given["lines"]):
        twice["lines"] = ["A line is named twice."]
    if len(added) < len(given["add"]):
        twice["add"] = ["A variant is named twice."]
    if twice:
        raise Invalid("Name each thing once.", details=twice)
    return LineChange(quantities, added, reprice_shipping=given["reprice_shipping"])


def _shown(plan: LinePlan) -> dict[str, Any]:
    return {
        "total": plan.total.as_json(),
        "difference": plan.difference.as_json(),
        "lines": [
            {
                "sku": one.sku,
                "before": one.before,
                "quantity": one.quantity,
                "unit_price": one.unit_price.as_json(),
                "total": one.total.as_json(),
            }
            for one in plan.changed
        ],
        "coupons": [{"code": one.code, "reason": one.refusal} for one in plan.refused],
    }
