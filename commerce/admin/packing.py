"""Packing lists: a sheet for each vendor's part of each chosen order, ready for the printer."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

import qrcode  # type: ignore[import-untyped]
from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from qrcode.image.svg import SvgPathImage  # type: ignore[import-untyped]
from unfold.decorators import action

from commerce.addresses import from_json
from commerce.admin.order_steps import StepsAdmin
from commerce.enums import OrderStatus
from commerce.models import Order, OrderLine, OrderPart

MOST_AT_ONCE = 200
NOT_PACKED = (OrderStatus.CANCELLED, OrderStatus.REFUNDED)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One parcel to be packed."""

    number: str
    vendor: str
    placed: str
    address: list[str]
    lines: list[OrderLine]
    pieces: int
    note: str
    is_paid: bool
    square: str


def sheets_of(orders: QuerySet[Order]) -> list[Sheet]:
    """The sheets of these orders, in the order they were placed; three statements for any number.

    What was cancelled or given back is not packed.
    """
    lines = OrderLine.objects.order_by("position")
    parts = OrderPart.objects.exclude(status__in=NOT_PACKED).select_related("vendor")
    chosen = (
        orders.exclude(status__in=NOT_PACKED)
        .order_by("placed_at", "id")
        .prefetch_related(Prefetch("lines", lines), Prefetch("parts", parts))
    )
    return [sheet for order in chosen for sheet in _sheets(order)]


def _sheets(order: Order) -> Iterable[Sheet]:
    for part in order.parts.all():
        lines = [line for line in order.lines.all() if line.vendor_id == part.vendor_id]
        yield Sheet(
            number=part.number,
            vendor=part.vendor.name,
            placed=f"{timezone.localtime(order.placed_at):%Y-%m-%d %H:%M}",
            address=from_json(order.shipping_address).in_lines(),
            lines=lines,
            pieces=sum(line.quantity for line in lines),
            note=order.notes,
            is_paid=order.paid_at is not None,
            square=_square(part.number),
        )


def _square(text: str) -> str:
    """A QR code as the address of a picture, for the scanner at the packing table."""
    made = qrcode.make(text, image_factory=SvgPathImage, border=1)
    out = BytesIO()
    made.save(out)
    return f"data:image/svg+xml;base64,{b64encode(out.getvalue()).decode()}"


class PackingAdmin(StepsAdmin):
    """Sheets for one order, and for those that are chosen in the list, for who moves orders on."""

    def get_urls(self) -> list[URLPattern]:
        """`?orders=` names them."""
        view = self.admin_site.admin_view(self.packing_view)
        return [path("packing/", view, name="commerce_order_packing"), *super().get_urls()]

    actions_detail = ["packing_list"]

    @action(description="Packing list", url_path="packing-list", permissions=["step"])
    def packing_list(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """The sheets of the order that is open."""
        return redirect(f"{reverse('admin:commerce_order_packing')}?orders={object_id}")

    @admin.action(description="Print packing lists", permissions=["step"])
    def packing_lists(self, request: HttpRequest, queryset: QuerySet[Order]) -> Any:
        """To the page that is printed."""
        chosen = [str(pk) for pk in queryset.values_list("pk", flat=True)[: MOST_AT_ONCE + 1]]
        if len(chosen) > MOST_AT_ONCE:
            self.message_user(request, f"At most {MOST_AT_ONCE} at once.", messages.WARNING)
            return None
        return redirect(f"{reverse('admin:commerce_order_packing')}?orders={','.join(chosen)}")

    def packing_view(self, request: HttpRequest) -> HttpResponse:
        """Black on white, a page each; the browser prints."""
        if not self.has_step_permission(request):
            raise Http404
        asked = _ids(request.GET.get("orders", ""))
        if asked is None:
            messages.error(request, f"Choose 1 to {MOST_AT_ONCE} orders in the list.")
            return redirect(reverse("admin:commerce_order_changelist"))
        sheets = sheets_of(self.get_queryset(request).filter(pk__in=asked))
        back = reverse("admin:commerce_order_changelist")
        return render(request, "commerce/admin/packing.html", {"sheets": sheets, "back": back})


def _ids(text: str) -> list[UUID] | None:
    """None for what no list of orders sends."""
    parts = text.split(",")
    try:
        ids = [UUID(part) for part in parts]
    except ValueError:
        return None
    return ids if len(ids) <= MOST_AT_ONCE else None
