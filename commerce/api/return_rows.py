"""What a return looks like in the API."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from commerce.enums import NEXT_RETURN, ReturnFate, ReturnReason, ReturnState
from commerce.models import ReturnChange, ReturnLine, ReturnRequest
from core.api.rows import Many, Rows, made, money
from core.api.schema.shapes import MONEY
from core.money import Money

LINE_SCHEMA = {
    "type": "object",
    "required": [
        "id", "line", "sku", "name", "quantity", "reason", "comment", "accepted", "fate", "refund",
    ],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "line": {"type": "string", "format": "uuid", "description": "Of the order"},
        "sku": {"type": "string"},
        "name": {"type": "string"},
        "quantity": {"type": "integer"},
        "reason": {"type": "string", "enum": ReturnReason.values},
        "comment": {"type": "string"},
        "accepted": {"type": "integer", "nullable": True, "description": "Null: not inspected"},
        "fate": {"type": "string", "nullable": True, "enum": [*ReturnFate.values, None]},
        "refund": MONEY,
    },
}  # fmt: skip
STATES = {"type": "array", "items": {"type": "string", "enum": ReturnState.values}}

CHANGES = Rows(
    columns={
        "previous": "previous", "state": "state", "at": "at", "actor": "actor_id", "note": "note",
    },
    model=ReturnChange,
)  # fmt: skip


def with_lines(requests: QuerySet[ReturnRequest]) -> QuerySet[ReturnRequest]:
    """What RETURNS reads; lines come along in the same query."""
    lines = (
        ReturnLine.objects.filter(request=OuterRef("pk"))
        .order_by("id")
        .values(
            json=JSONObject(
                id="id",
                line="line_id",
                sku="line__sku",
                name="line__name",
                quantity="quantity",
                reason="reason",
                comment="comment",
                accepted="accepted",
                fate="fate",
                refund="refund_minor",
                currency="line__currency",
            )
        )
    )
    return requests.annotate(lines_json=ArraySubquery(lines))


def _lines(lines: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return [
        {name: line[name] for name in line if name not in ("refund", "currency")}
        | {"refund": Money(line["refund"], line["currency"]).as_json()}
        for line in lines or []
    ]


def _next(state: str) -> list[str]:
    return [step.value for step in ReturnState if step in NEXT_RETURN[ReturnState(state)]]


RETURNS = Rows(
    columns={
        "id": "id", "number": "number", "order": "order_id", "order_number": "order__number",
        "state": "state", "note": "note", "refund": money("refund_minor", "currency"),
        "refund_of_shipping": money("shipping_minor", "currency"), "refund_state": "refund_state",
        "lines": made(_lines, "lines_json", schema={"type": "array", "items": LINE_SCHEMA}),
        "next_states": made(_next, "state", schema=STATES), "created_at": "created_at",
        "updated_at": "updated_at",
    },
    expand={"history": Many(CHANGES, ReturnChange.objects.all, key="request_id")},
    model=ReturnRequest,
)  # fmt: skip
