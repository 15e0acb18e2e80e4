"""A customer's orders, on the customer's page."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html

from commerce.admin.labels import ORDER_LABELS, PAYMENT_LABELS
from commerce.models import Order
from core.admin.badge import Labelled
from crm.models import Customer
from crm.panels import Panel, customer_panel

NEWEST = 10
LINK = '<a class="text-primary-600 dark:text-primary-500 font-medium" href="{}">{}</a>'


@customer_panel
def orders(customer: Customer) -> Panel:
    """The newest ones; the reader sees those the database shows them."""
    placed = Order.objects.filter(customer_id=customer.pk).order_by("-placed_at", "-id")
    newest = list(placed[: NEWEST + 1])
    every = f"{reverse('admin:commerce_order_changelist')}?customer__id__exact={customer.pk}"
    return Panel(
        title="Orders",
        headers=["Number", "Placed", "Status", "Payment", "Total"],
        rows=[_row(order) for order in newest[:NEWEST]],
        all_url=every if len(newest) > NEWEST else "",
        empty="No orders yet.",
    )


def _row(order: Order) -> list[object]:
    return [
        format_html(LINK, reverse("admin:commerce_order_change", args=[order.pk]), order.number),
        date_format(order.placed_at, "SHORT_DATETIME_FORMAT"),
        _label(order.status, order.get_status_display(), ORDER_LABELS),
        _label(order.payment_status, order.get_payment_status_display(), PAYMENT_LABELS),
        str(order.total),
    ]


def _label(key: str, text: str, labels: Mapping[Any, str]) -> str:
    """As HTML: a template would write the pair out."""
    return Labelled(key, text, labels).__html__()
