"""Orders: found, read as one story, moved on. Money is read-only."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from commerce.addresses import from_json
from commerce.admin.labels import ORDER_LABELS, PAYMENT_LABELS
from commerce.admin.new_order import NewOrderAdmin
from commerce.admin.order_desk import ArchivedFilter, DeskAdmin
from commerce.admin.order_goods import GoodsAdmin
from commerce.admin.order_inlines import ReservationInline, ReturnInline
from commerce.admin.order_lines import LineInline
from commerce.admin.order_money import FiguresAdmin
from commerce.admin.order_steps import StepsAdmin
from commerce.admin.order_work import ORDER_VIEWS, WorkFilter
from commerce.admin.packing import PackingAdmin
from commerce.models import Order
from commerce.selectors import timeline
from core.admin.bulk.export_action import ExportableList
from core.admin.few_values import FewValuesFilter
from core.admin.quick_rows import QuickRows, label_html
from core.admin.saved_views import ViewsAdmin
from core.admin.when_filter import WhenFilter
from payments.admin.receipt import pdf_link
from payments.models import Payment, Receipt

ON_ONE_LINE = '<span class="whitespace-nowrap">{}</span>'
LINK = '<a class="text-primary-600 dark:text-primary-500 font-medium" href="{}">{}</a>'


@admin.register(Order)
class OrderAdmin(
    ExportableList,
    QuickRows,
    ViewsAdmin,
    PackingAdmin,
    StepsAdmin,
    GoodsAdmin,
    NewOrderAdmin,
    FiguresAdmin,
    DeskAdmin,
):
    """The list is one query a page; the detail tells the whole story."""

    list_display = [
        "shown_number", "shown_status", "shown_payment", "shown_total", "email", "country",
        "placed", "note",
    ]  # fmt: skip
    list_filter = [
        WorkFilter, ArchivedFilter, "status", "payment_status", "source",
        ("currency", FewValuesFilter), ("placed_at", WhenFilter),
    ]  # fmt: skip
    search_fields = ["number__startswith", "email__exact", "external_id__exact"]
    search_help_text = "Number, whole e-mail address, or its number on another platform"
    ordering = ["-placed_at", "-id"]
    sortable_by = ["shown_number", "email", "placed"]  # what an index sorts, of a million too
    list_per_page = 50
    shipped_views = ORDER_VIEWS
    actions = ["packing_lists"]
    fieldsets = [
        (
            "Who and where",
            {
                "fields": [
                    ("customer_link", "email"),
                    ("ships_to", "bills_to"),
                    ("carrier", "tracking_number"),
                ]
            },
        ),
        (
            "Money",
            {
                "fields": [
                    ("subtotal", "discount"),
                    "coupon_code",
                    ("shipping", "sent_by"),
                    ("tax", "included_tax"),
                    "tax_note",
                    ("total", "base_total"),
                    "payment_link",
                    ("paid_at", "receipts"),
                ]
            },
        ),
        (
            "Where it came from",
            {
                "classes": ["collapse"],
                "fields": [
                    ("source", "placed_at"),
                    ("external_platform", "external_id"),
                    "notes",
                ],
            },
        ),
    ]
    readonly_fields = [
        "shown_status", "shown_payment", "next_steps", "parts_panel", "goods_panel", "undo_panel",
        "notes_panel", "correct_panel", "customer_link", "ships_to", "bills_to",
        "subtotal", "discount", "coupon_code", "shipping", "sent_by", "tax", "included_tax",
        "tax_note", "total", "base_total", "payment_link", "receipts",
    ]  # fmt: skip

    change_form_outer_after_template = "commerce/admin/story.html"

    def render_change_form(self, request: HttpRequest, context: Any, **kwargs: Any) -> Any:
        """Below all: steps, payment, news, reactions and messages, in order."""
        if kwargs.get("obj") is not None:
            context["lines"] = timeline(kwargs["obj"])
        return super().render_change_form(request, context, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Order | None = None) -> list[Any]:
        """Why a person must look comes first; steps are for those who may take them."""
        head: list[Any] = ["attention"] if obj and obj.attention else []
        head.append(("number", "shown_status", "shown_payment"))
        if not self.has_step_permission(request):
            return [(None, {"fields": head}), *self.fieldsets]
        head += ["next_steps", "parts_panel", "goods_panel", "undo_panel", "notes_panel"]
        correct = ("Correct it", {"classes": ["collapse"], "fields": ["correct_panel"]})
        return [(None, {"fields": head}), *self.fieldsets, correct]

    def get_inlines(self, request: HttpRequest, obj: Order | None = None) -> list[Any]:
        """Nothing is held for files and services: no empty table for them."""
        held = obj is not None and obj.reservations.exists()
        inlines: list[Any] = [LineInline, ReservationInline] if held else [LineInline]
        back = obj is not None and obj.returns.exists()
        return [*inlines, ReturnInline] if back else inlines

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """Lists show no addresses, so they read none."""
        orders: QuerySet[Order] = super().get_queryset(request)
        if request.resolver_match and str(request.resolver_match.url_name).endswith("changelist"):
            return orders.defer("shipping_address", "billing_address", "notes")
        return orders.select_related("customer")

    @display(description="Status")
    def shown_status(self, order: Order) -> SafeString:
        """A coloured label."""
        return label_html(order.status, order.get_status_display(), ORDER_LABELS)

    @display(description="Payment")
    def shown_payment(self, order: Order) -> SafeString:
        """A coloured label."""
        return label_html(order.payment_status, order.get_payment_status_display(), PAYMENT_LABELS)

    @display(description="Number", ordering="number")
    def shown_number(self, order: Order) -> SafeString:
        """On one line."""
        return format_html(ON_ONE_LINE, order.number)

    @display(description="Total")
    def shown_total(self, order: Order) -> SafeString:
        """On one line."""
        return format_html(ON_ONE_LINE, order.total)

    @display(description="Placed", ordering="placed_at")
    def placed(self, order: Order) -> SafeString:
        """UTC, sortable by eye."""
        return format_html(ON_ONE_LINE, f"{order.placed_at:%Y-%m-%d %H:%M}")

    @display(description="Note")
    def note(self, order: Order) -> str:
        """Why a person must look, in short."""
        return order.attention[:60]

    @display(description="Customer")
    def customer_link(self, order: Order) -> SafeString | str:
        """To their page; the buyer of an old order may be nobody's."""
        if order.customer is None:
            return "Guest"
        url = reverse("admin:crm_customer_change", args=[order.customer_id])
        return format_html(LINK, url, order.customer)

    @display(description="Ships to")
    def ships_to(self, order: Order) -> SafeString:
        """As on the envelope."""
        return _on_envelope(order.shipping_address)

    @display(description="Bills to")
    def bills_to(self, order: Order) -> SafeString | str:
        """The same unless it was given."""
        return _on_envelope(order.billing_address) if order.billing_address else "The same"

    @display(description="Payment")
    def payment_link(self, order: Order) -> SafeString | str:
        """To the payment it was opened with."""
        if order.payment_id is None:
            return "Outside Tradewind"
        url = reverse("admin:payments_payment_change", args=[order.payment_id])
        of_it = Payment.objects.filter(pk=order.payment_id).values_list("reference", flat=True)
        return format_html(LINK, url, of_it.first() or "Payment")

    @display(description="Receipts")
    def receipts(self, order: Order) -> SafeString | str:
        """The documents of the payment that paid it."""
        if order.payment_id is None:
            return "None"
        written = Receipt.objects.defer("contents").filter(payment_id=order.payment_id)
        return format_html_join(", ", "{}", ((pdf_link(one),) for one in written)) or "None yet"


def _on_envelope(address: dict[str, Any]) -> SafeString:
    lines = from_json(address).in_lines()
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines))
