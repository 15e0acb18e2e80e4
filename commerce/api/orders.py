"""orders/, orders/{id}/ and orders/{id}/transitions/."""

from dataclasses import replace
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.addresses import Address
from commerce.api.addresses import AddressInput
from commerce.api.order_rows import HISTORY, ORDERS, with_lines
from commerce.api.taken_orders import TakenInput, taken_of
from commerce.models import Order, OrderPart, OrderStatusChange, VendorMember
from commerce.services.orders.on_phone import take_order
from commerce.services.orders.revise import revise_order
from commerce.services.orders.status import change_status
from core.api.fields import Input, TextField, WholeNumberField
from core.api.idempotency import idempotent
from core.api.lists import DetailView, Filter, ListView
from core.api.lists.filters import kind_of
from core.errors import NotFound
from core.identity import current_identity
from core.identity.context import STAFF_ROLES

READ = {"GET": "orders:read"}
FLAG = kind_of(VendorMember, "user__is_active")


class TransitionInput(Input):
    """One step, and why."""

    to = TextField(max_length=40)
    reason = TextField(max_length=1000, lines=True, required=False, allow_blank=True, default="")
    tracking_number = TextField(max_length=100, required=False, allow_blank=True, default="")
    carrier = TextField(max_length=100, required=False, allow_blank=True, default="")


EXACTLY = frozenset({""})
# whoever asks for one of these looks for certain orders, archived ones included
LOOKS_FOR = ("search", "number", "external_id", "email", "customer", "archived")


def orders_to_list(request: Request) -> QuerySet[Order]:
    """What a list shows: staff do not see archived orders unless they look for them."""
    orders = Order.objects.annotate(
        needs_attention=ExpressionWrapper(~Q(attention=""), output_field=BooleanField()),
        is_archived=ExpressionWrapper(Q(archived_at__isnull=False), output_field=BooleanField()),
    )
    asked = {name.partition("__")[0] for name in request.query_params}
    if current_identity().role in STAFF_ROLES and not asked & set(LOOKS_FOR):
        orders = orders.filter(archived_at__isnull=True)
    return with_lines(orders)


class OrdersView(ListView):
    """Orders the caller may see: staff by role, buyers their own. The database decides.

    Staff are shown live orders; `archived=true`, a search and filters by number, external_id,
    email and customer find archived ones. POST takes an order for somebody.
    """

    scopes = READ | {"POST": "orders:write"}
    input = {"POST": TakenInput}
    output = {"POST": (201, ORDERS)}
    rows = ORDERS
    filters = {
        "status": "status", "payment_status": "payment_status", "number": "number",
        "email": "email", "customer": "customer_id", "currency": "currency",
        "country": "country", "source": "source", "total_minor": "total_minor",
        "placed_at": "placed_at", "paid_at": "paid_at", "shipped_at": "shipped_at",
        "external_platform": "external_platform", "external_id": "external_id",
        "tracking_number": "tracking_number",
        "vendor": Filter(
            "parts__vendor_id", replace(kind_of(OrderPart, "vendor_id"), lookups=EXACTLY)
        ),
        "attention": Filter("needs_attention", replace(FLAG, lookups=EXACTLY)),
        "archived": Filter("is_archived", replace(FLAG, lookups=EXACTLY)),
    }  # fmt: skip
    ordering = ("placed_at", "number", "total")
    ordering_sources = {"total": "total_minor"}
    default_ordering = "-placed_at"
    search = ("number", "email")

    def queryset_for(self, request: Request) -> QuerySet[Order]:
        """All that the caller's policies let through."""
        return orders_to_list(request)

    @idempotent
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Agents for customers of theirs. Stock is held; `payment-request/` sends the page."""
        given = self.valid()
        order = take_order(taken=taken_of(given), expected_total=given["expected_total"])
        made = ORDERS.one(with_lines(Order.objects.filter(pk=order.pk)))
        return Response(made, status=status.HTTP_201_CREATED)


class RevisionInput(Input):
    """What is to be changed, why, and which state of the order the caller has read."""

    reason = TextField(max_length=1000, lines=True)
    revision = WholeNumberField(min_value=0)
    shipping_address = AddressInput(required=False)
    billing_address = AddressInput(required=False, allow_null=True)
    email = serializers.EmailField(max_length=254, required=False)
    notes = TextField(max_length=4000, lines=True, required=False, allow_blank=True)
    carrier = TextField(max_length=100, required=False, allow_blank=True)
    tracking_number = TextField(max_length=100, required=False, allow_blank=True)


class OrderView(DetailView):
    """One order. PATCH corrects it: with a reason, before and after are kept."""

    scopes = READ | {"PATCH": "orders:write"}
    input = {"PATCH": RevisionInput}
    output = {"PATCH": (200, ORDERS)}
    rows = ORDERS

    def queryset_for(self, request: Request) -> QuerySet[Order]:
        """Archived ones, too."""
        return with_lines(Order.objects.all())

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """409 says what somebody else changed since `revision`."""
        given = self.valid()
        reason, revision = given.pop("reason"), given.pop("revision")
        changes = {
            name: Address(**value) if isinstance(value, dict) else value
            for name, value in given.items()
        }
        order = revise_order(
            order_id=kwargs["id"], revision=revision, reason=reason, changes=changes
        )
        return Response(ORDERS.one(with_lines(Order.objects.filter(pk=order.pk))))


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
