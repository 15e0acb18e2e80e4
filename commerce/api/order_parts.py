"""orders/{id}/parts/, order-parts/, order-parts/{id}/ and order-parts/{id}/transitions/."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.orders import READ, TransitionInput
from commerce.api.part_rows import PART_HISTORY, PARTS, with_part_lines
from commerce.models import Order, OrderPart, OrderPartChange, VendorMember
from commerce.services.orders.parts import change_part_status, write_parcel
from core.api.fields import Input, TextField
from core.api.lists import DetailView, ListView
from core.errors import NotFound
from core.identity import Role, current_identity


class ParcelInput(Input):
    """By whom it goes, under which number."""

    carrier = TextField(max_length=100, allow_blank=True)
    tracking_number = TextField(max_length=100, allow_blank=True)


def parts_to_send() -> QuerySet[OrderPart]:
    """Staff: all their policies let through. Others: the parts of the vendors they act for.

    What they bought themselves is under orders/{id}/parts/.
    """
    parts = OrderPart.objects.all()
    who = current_identity()
    if who.role == Role.SHOPPER:
        mine = VendorMember.objects.of(who.user_id).values("vendor_id")
        parts = parts.filter(vendor_id__in=mine)
    return with_part_lines(parts)


class PartsOfOrderView(ListView):
    """The parts of one order, a vendor each."""

    scopes = READ
    rows = PARTS
    ordering = ("number",)
    default_ordering = "number"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """An order the caller cannot see has none, which is not an empty list."""
        if not Order.objects.filter(pk=kwargs["id"]).exists():
            raise NotFound("There is no such order.")
        return super().get(request, *args, **kwargs)

    def queryset_for(self, request: Request) -> QuerySet[OrderPart]:
        """Those of the order in the path."""
        return with_part_lines(OrderPart.objects.filter(order_id=self.kwargs["id"]))


class OrderPartsView(ListView):
    """What is to be sent: all of it for staff, a vendor's own for those who act for it."""

    scopes = READ
    rows = PARTS
    filters = {
        "status": "status", "vendor": "vendor_id", "order": "order_id", "number": "number",
        "tracking_number": "tracking_number", "placed_at": "placed_at", "shipped_at": "shipped_at",
    }  # fmt: skip
    ordering = ("placed_at", "number")
    default_ordering = "-placed_at"
    search = ("number", "tracking_number")

    def queryset_for(self, request: Request) -> QuerySet[OrderPart]:
        """By role; the database narrows it further."""
        return parts_to_send()


class OrderPartView(DetailView):
    """One part; PATCH writes carrier and tracking number."""

    scopes = READ | {"PATCH": "parcels:write"}
    rows = PARTS
    input = {"PATCH": ParcelInput}
    output = {"PATCH": (200, PARTS)}

    def queryset_for(self, request: Request) -> QuerySet[OrderPart]:
        """As the buyer sees it in their order, too."""
        return with_part_lines(OrderPart.objects.all())

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Refused with 409 once the parcel has arrived or the part is over."""
        part = write_parcel(part_id=kwargs["id"], **self.valid(partial=True))
        return Response(PARTS.one(with_part_lines(OrderPart.objects.filter(pk=part.pk))))


class PartTransitionsView(ListView):
    """The steps of one part; POST takes the next one."""

    scopes = READ | {"POST": "parcels:write"}
    input = {"POST": TransitionInput}
    output = {"POST": (200, PARTS)}
    rows = PART_HISTORY
    ordering = ("at",)
    default_ordering = "at"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Its history."""
        if not OrderPart.objects.filter(pk=kwargs["id"]).exists():
            raise NotFound("There is no such part of an order.")
        return super().get(request, *args, **kwargs)

    def queryset_for(self, request: Request) -> QuerySet[OrderPartChange]:
        """The history of the part in the path."""
        return OrderPartChange.objects.filter(part_id=self.kwargs["id"])

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Move the part; 409 names the steps that are allowed. The order goes along."""
        part = change_part_status(part_id=kwargs["id"], **self.valid())
        return Response(PARTS.one(with_part_lines(OrderPart.objects.filter(pk=part.pk))))
