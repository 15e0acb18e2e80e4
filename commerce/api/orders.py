"""orders/, orders/{id}/ and orders/{id}/transitions/."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.order_rows import HISTORY, ORDERS, with_lines
from commerce.models import Order, OrderStatusChange
from commerce.services.orders.status import change_status
from core.api.fields import Input, TextField
from core.api.lists import DetailView, ListView
from core.errors import NotFound

READ = {"GET": "orders:read"}


class TransitionInput(Input):
    """One step, and why."""

    to = TextField(max_length=40)
    reason = TextField(max_length=1000, lines=True, required=False, allow_blank=True, default="")
    tracking_number = TextField(max_length=100, required=False, allow_blank=True, default="")
    carrier = TextField(max_length=100, required=False, allow_blank=True, default="")


class OrdersView(ListView):
    """Orders the caller may see: staff by role, buyers their own. The database decides."""

    scopes = READ
    rows = ORDERS
    filters = {
        "status": "status", "payment_status": "payment_status", "number": "number",
        "email": "email", "customer": "customer_id", "currency": "currency",
        "country": "country", "source": "source", "total_minor": "total_minor",
        "placed_at": "placed_at", "paid_at": "paid_at",
        "external_platform": "external_platform", "external_id": "external_id",
    }  # fmt: skip
    ordering = ("placed_at", "number", "total")
    ordering_sources = {"total": "total_minor"}
    default_ordering = "-placed_at"
    search = ("number", "email")

    def queryset_for(self, request: Request) -> QuerySet[Order]:
        """All that the caller's policies let through."""
        return with_lines(Order.objects.all())


class OrderView(DetailView):
    """One order."""

    scopes = READ
    rows = ORDERS

    def queryset_for(self, request: Request) -> QuerySet[Order]:
        """As in the list."""
        return with_lines(Order.objects.all())


class TransitionsView(ListView):
    """The steps of one order; POST takes the next one."""

    scopes = {"GET": "orders:read", "POST": "orders:write"}
    input = {"POST": TransitionInput}
    output = {"POST": (200, ORDERS)}
    rows = HISTORY
    ordering = ("at",)
    default_ordering = "at"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Its history. An order the caller cannot see has none, which is not an empty one."""
        if not Order.objects.filter(pk=kwargs["id"]).exists():
            raise NotFound("There is no such order.")
        return super().get(request, *args, **kwargs)

    def queryset_for(self, request: Request) -> QuerySet[OrderStatusChange]:
        """The history of the order in the path."""
        return OrderStatusChange.objects.filter(order_id=self.kwargs["id"])

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Move the order; 409 names the steps that are allowed."""
        order = change_status(order_id=kwargs["id"], **self.valid())
        return Response(ORDERS.one(with_lines(Order.objects.filter(pk=order.pk))))
