"""The queue "paid, not in stock", and all that is held, sold or shipped."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from commerce.admin.labels import RESERVATION_LABELS
from commerce.enums import OrderStatus
from commerce.models import Reservation
from commerce.services.orders.shortages import serve_from, serve_waiting, wait_for_goods
from commerce.services.orders.status import change_status
from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    """An order's pieces. Those that wait need somebody to decide: wait, take them from elsewhere,
    or give the money back."""

    list_display = ["order_link", "sku", "quantity", "location", "shown_state", "expires_at"]
    list_filter = ["state"]
    search_fields = ["order__number__startswith", "item__variant__sku__istartswith"]
    search_help_text = "Number of the order, or SKU"
    ordering = ["-id"]
    list_select_related = ["order", "item__variant", "item__location"]
    fields = [("order_link", "sku", "location"), ("quantity", "shipped"),
              ("shown_state", "expires_at")]  # fmt: skip
    readonly_fields = ["order_link", "sku", "location", "quantity", "shipped", "shown_state",
                       "expires_at"]  # fmt: skip
    actions = ["wait", "serve_again", "take_from_elsewhere", "cancel_and_refund"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reservation]:
        """Names come along."""
        rows: QuerySet[Reservation] = super().get_queryset(request)
        return rows.select_related("order", "item__variant", "item__location")

    @display(description="Order")
    def order_link(self, row: Reservation) -> SafeString:
        """To its page."""
        url = reverse("admin:commerce_order_change", args=[row.order_id])
        return format_html('<a class="text-primary-600" href="{}">{}</a>', url, row.order)

    @display(description="SKU")
    def sku(self, row: Reservation) -> str:
        """Of the thing."""
        return row.item.variant.sku

    @display(description="Location")
    def location(self, row: Reservation) -> str:
        """Where it lies, or would."""
        return row.item.location.name

    @display(description="State", label=RESERVATION_LABELS)
    def shown_state(self, row: Reservation) -> Labelled:
        """A coloured label."""
        return Labelled(row.state, row.get_state_display(), RESERVATION_LABELS)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whoever moves orders on."""
        return bool(request.user.has_perm("commerce.change_order"))

    @admin.action(description="Wait for the goods, do not refund", permissions=["decide"])
    def wait(self, request: HttpRequest, queryset: QuerySet[Reservation]) -> None:
        """Nothing happens by itself any more."""
        for order_id in _orders(queryset):
            self._try(request, lambda: wait_for_goods(order_id=order_id), "It waits.")  # noqa: B023

    @admin.action(description="Look for the goods again", permissions=["decide"])
    def serve_again(self, request: HttpRequest, queryset: QuerySet[Reservation]) -> None:
        """At all locations that are open."""
        for order_id in _orders(queryset):
            self._try(
                request,
                lambda: f"{serve_waiting(order_id=order_id)} pieces found.",  # noqa: B023
                "",
            )

    @admin.action(
        description="Take them from any location, closed ones too", permissions=["decide"]
    )
    def take_from_elsewhere(self, request: HttpRequest, queryset: QuerySet[Reservation]) -> None:
        """The first location with enough free pieces, also one from which nothing is sold."""
        for row in queryset.select_related("item"):
            shelves = row.item.variant.stock_items.select_related("location")
            found = next((i for i in shelves.order_by("id") if i.free >= row.quantity), None)
            if found is None:
                self.message_user(request, f"{row.order}: nowhere enough.", messages.ERROR)
                continue
            self._try(
                request,
                lambda: serve_from(reservation_id=row.pk, location_id=found.location_id),  # noqa: B023
                f"Taken from {found.location}.",
            )

    @admin.action(description="Cancel the order and give the money back", permissions=["decide"])
    def cancel_and_refund(self, request: HttpRequest, queryset: QuerySet[Reservation]) -> None:
        """Whatever was paid goes back."""
        for order_id in _orders(queryset):
            self._try(
                request,
                lambda: change_status(
                    order_id=order_id,  # noqa: B023
                    to=OrderStatus.CANCELLED,
                    reason="not in stock",
                ),
                "Cancelled; the refund is on its way.",
            )

    def _try(self, request: HttpRequest, deed: Any, text: str) -> None:
        """Each refusal is told by itself."""
        try:
            done = deed()
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            self.message_user(request, text or str(done), messages.SUCCESS)


def _orders(rows: QuerySet[Reservation]) -> list[Any]:
    return list(dict.fromkeys(rows.order_by("order_id").values_list("order_id", flat=True)))
