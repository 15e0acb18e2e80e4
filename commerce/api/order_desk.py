"""What staff do about an order: notes among themselves, its revisions, a step taken back."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.order_rows import ORDERS, with_lines
from commerce.api.orders import READ
from commerce.models import Order, OrderNote, OrderRevision
from commerce.services.orders.archive import bring_back
from commerce.services.orders.notes import MOST_CHARACTERS, add_note
from commerce.services.orders.payment_request import ask_for_payment
from commerce.services.orders.take_back import take_step_back
from core.api.fields import Input, TextField
from core.api.lists import ListView
from core.api.rows import Rows
from core.api.schema.shapes import MONEY
from core.api.views import ApiView
from core.errors import NotFound
from core.identity.context import STAFF_ROLES
from payments.enums import GatewayName

STAFF = set(STAFF_ROLES)
NOTES = Rows(
    columns={"id": "id", "author": "author_id", "text": "text", "created_at": "created_at"},
    model=OrderNote,
)
REVISIONS = Rows(
    columns={
        "number": "number", "at": "at", "actor": "actor_id", "reason": "reason",
        "before": "before", "after": "after",
    },
    model=OrderRevision,
)  # fmt: skip


class NoteInput(Input):
    """A line of the thread."""

    text = TextField(max_length=MOST_CHARACTERS, lines=True)


class WhyInput(Input):
    """A reason, kept in the history."""

    reason = TextField(max_length=1000, lines=True, required=False, allow_blank=True, default="")


class _OfOrder(ListView):
    """What hangs on the order in the path. An order the caller cannot see is a 404."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of it."""
        if not Order.objects.filter(pk=kwargs["id"]).exists():
            raise NotFound("There is no such order.")
        return super().get(request, *args, **kwargs)


class NotesView(_OfOrder):
    """The staff's thread; buyers never read it."""

    scopes = READ | {"POST": "orders:write"}
    roles = STAFF
    input = {"POST": NoteInput}
    rows = NOTES
    ordering = ("created_at",)
    default_ordering = "created_at"

    def queryset_for(self, request: Request) -> QuerySet[OrderNote]:
        """Those of the order in the path."""
        return OrderNote.objects.filter(order_id=self.kwargs["id"])

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a line."""
        note = add_note(order_id=kwargs["id"], **self.valid())
        return Response(NOTES.one(OrderNote.objects.filter(pk=note.pk)), status=201)


class RevisionsView(_OfOrder):
    """What was changed about an order after it was placed."""

    scopes = READ
    roles = STAFF
    rows = REVISIONS
    ordering = ("number",)
    default_ordering = "number"

    def queryset_for(self, request: Request) -> QuerySet[OrderRevision]:
        """Those of the order in the path."""
        return OrderRevision.objects.filter(order_id=self.kwargs["id"])


class TakeBackView(ApiView):
    """The last step was a mistake."""

    scopes = {"POST": "orders:write"}
    input = {"POST": WhyInput}
    output = {"POST": (200, ORDERS)}

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """409 says why a step stays."""
        order = take_step_back(order_id=kwargs["id"], **self.valid())
        return Response(ORDERS.one(with_lines(Order.objects.filter(pk=order.pk))))


class PaymentRequestInput(Input):
    """At which gateway, if the order has no payment yet."""

    gateway = serializers.ChoiceField(choices=GatewayName.choices)


ASKED_SCHEMA = {
    "type": "object",
    "required": ["reference", "status", "amount", "authorization_url"],
    "additionalProperties": False,
    "properties": {
        "reference": {"type": "string"},
        "status": {"type": "string"},
        "amount": MONEY,
        "authorization_url": {"type": "string"},
    },
}


class PaymentRequestView(ApiView):
    """Mail the buyer of an unpaid order the page to pay on. Once an hour, however often asked."""

    scopes = {"POST": "orders:write"}
    atomic = False
    input = {"POST": PaymentRequestInput}
    output = {"POST": (200, ASKED_SCHEMA)}

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """409 says why there is nothing to pay."""
        payment = ask_for_payment(order_id=kwargs["id"], **self.valid())
        return Response(
            {
                "reference": payment.reference,
                "status": payment.status,
                "amount": payment.amount.as_json(),
                "authorization_url": payment.authorization_url,
            }
        )


class BringBackView(ApiView):
    """An archived order is wanted in the lists again."""

    scopes = {"POST": "orders:write"}
    input = {"POST": Input}
    output = {"POST": (200, ORDERS)}

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Nothing happens to one that is there."""
        self.valid()
        order = bring_back(order_id=kwargs["id"])
        return Response(ORDERS.one(with_lines(Order.objects.filter(pk=order.pk))))
