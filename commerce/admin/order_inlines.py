"""What hangs on an order's page below its fields: held stock, returns."""

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from commerce.admin.labels import RESERVATION_LABELS
from commerce.models import Reservation, ReturnRequest
from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyInline
from core.money import Money


class ReservationInline(ReadOnlyInline):
    """What is held for it, or was taken."""

    model = Reservation
    fields = ["item_sku", "quantity", "shown_state"]
    readonly_fields = fields
    show_change_link = False
    hide_title = True
    verbose_name_plural = "Stock"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reservation]:
        """With the SKUs."""
        return super().get_queryset(request).select_related("item__variant")

    @display(description="SKU")
    def item_sku(self, reservation: Reservation) -> str:
        """Of the piece."""
        return reservation.item.variant.sku

    @display(description="State", label=RESERVATION_LABELS)
    def shown_state(self, reservation: Reservation) -> Labelled:
        """A coloured label."""
        return Labelled(reservation.state, reservation.get_state_display(), RESERVATION_LABELS)


class ReturnInline(ReadOnlyInline):
    """What of it comes back."""

    model = ReturnRequest
    fields = ["number", "state", "refund", "refund_state", "created_at"]
    readonly_fields = fields
    hide_title = True
    verbose_name_plural = "Returns"

    @display(description="Refund")
    def refund(self, request: ReturnRequest) -> Money:
        """Known once it was inspected."""
        return request.refund
