"""orders/{id}/returns/, returns/, returns/{id}/ and returns/{id}/transitions/."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.return_rows import RETURNS, with_lines
from commerce.enums import ReturnFate, ReturnReason, ReturnState
from commerce.models import Order, ReturnRequest, StockLocation
from commerce.services.returns import (
    Finding,
    Piece,
    inspect_return,
    move_return,
    refund_return,
    request_return,
)
from core.api.fields import Input, TextField, TrueFalseField, WholeNumberField
from core.api.idempotency import idempotent
from core.api.lists import DetailView, ListView
from core.api.views import ApiView
from core.errors import Invalid, NotFound

READ = {"GET": "orders:read"}
ASK = {"POST": "returns:write"}
MOST_LINES = 200
MOST_PIECES = 1_000_000


class PieceInput(Input):
    """So many of one line of the order, and why."""

    line = serializers.UUIDField()
    quantity = WholeNumberField(min_value=1, max_value=MOST_PIECES)
    reason = serializers.ChoiceField(choices=ReturnReason.choices)
    comment = TextField(max_length=1000, lines=True, required=False, allow_blank=True, default="")


class ReturnInput(Input):
    """What comes back."""

    lines = serializers.ListField(child=PieceInput(), allow_empty=False, max_length=MOST_LINES)
    note = TextField(max_length=2000, lines=True, required=False, allow_blank=True, default="")


class FindingInput(Input):
    """Of one line of the return: what is accepted, and what becomes of it."""

    line = serializers.UUIDField()
    accepted = WholeNumberField(min_value=0, max_value=MOST_PIECES)
    fate = serializers.ChoiceField(
        choices=ReturnFate.choices, required=False, default=ReturnFate.RESTOCK
    )
    location = serializers.PrimaryKeyRelatedField(
        queryset=StockLocation.objects.all(), required=False, allow_null=True, default=None
    )


class StepInput(Input):
    """The next state. `inspected` needs `lines`; `refunded` asks for the refund (again)."""

    to = TextField(max_length=40)
    note = TextField(max_length=1000, lines=True, required=False, allow_blank=True, default="")
    lines = serializers.ListField(
        child=FindingInput(), required=False, max_length=MOST_LINES, default=list
    )
    refund_shipping = TrueFalseField(required=False, default=False)


class OrderReturnsView(ListView):
    """The returns of one order; POST asks for one."""

    scopes = READ | ASK
    input = {"POST": ReturnInput}
    output = {"POST": (201, RETURNS)}
    rows = RETURNS
    ordering = ("created_at",)
    default_ordering = "-created_at"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """An order the caller cannot see has none, which is not an empty list."""
        if not Order.objects.filter(pk=kwargs["id"]).exists():
            raise NotFound("There is no such order.")
        return super().get(request, *args, **kwargs)

    def queryset_for(self, request: Request) -> QuerySet[ReturnRequest]:
        """Those of the order in the path."""
        return with_lines(ReturnRequest.objects.filter(order_id=self.kwargs["id"]))

    @idempotent
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The buyer within the window, or staff; 409 for more than was sent."""
        given = self.valid()
        made = request_return(
            order_id=kwargs["id"],
            pieces=[
                Piece(piece["line"], piece["quantity"], piece["reason"], piece["comment"])
                for piece in given["lines"]
            ],
            note=given["note"],
        )
        return Response(_shown(made), status=status.HTTP_201_CREATED)


class ReturnsView(ListView):
    """Returns the caller may see: staff by role, buyers their own. The database decides."""

    scopes = READ
    rows = RETURNS
    filters = {
        "state": "state", "order": "order_id", "number": "number", "created_at": "created_at",
        "order_number": "order__number", "refund_state": "refund_state",
    }  # fmt: skip
    ordering = ("created_at", "updated_at")
    default_ordering = "-created_at"
    search = ("number",)

    def queryset_for(self, request: Request) -> QuerySet[ReturnRequest]:
        """All that the caller's policies let through."""
        return with_lines(ReturnRequest.objects.all())


class ReturnView(DetailView):
    """One return."""

    scopes = READ
    rows = RETURNS

    def queryset_for(self, request: Request) -> QuerySet[ReturnRequest]:
        """As in the list."""
        return with_lines(ReturnRequest.objects.all())


class ReturnStepsView(ApiView):
    """The next step of a return: staff decide, buyers may cancel."""

    scopes = ASK
    input = StepInput
    output = (200, RETURNS)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Move it on; 409 names the states that may follow."""
        given, return_id = self.valid(), kwargs["id"]
        if given["to"] == ReturnState.INSPECTED:
            moved = inspect_return(
                return_id=return_id,
                findings=[
                    Finding(
                        found["line"],
                        found["accepted"],
                        found["fate"],
                        found["location"].pk if found["location"] else None,
                    )
                    for found in given["lines"]
                ],
                refund_shipping=given["refund_shipping"],
                note=given["note"],
            )
        elif given["lines"] or given["refund_shipping"]:
            raise Invalid(
                "Findings go with the step to inspected.", details={"lines": ["Not for this step."]}
            )
        elif given["to"] == ReturnState.REFUNDED:
            moved = refund_return(return_id=return_id)
        else:
            moved = move_return(return_id=return_id, to=given["to"], note=given["note"])
        return Response(_shown(moved))


def _shown(made: ReturnRequest) -> dict[str, Any]:
    return RETURNS.one(with_lines(ReturnRequest.objects.filter(pk=made.pk)))
