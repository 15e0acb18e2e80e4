"""What staff see first: how the shop did, and what waits for a person."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from analytics import charts, figures
from commerce.models import Order
from core.enums import DeliveryState

PERIODS = {"7": 7, "30": 30, "90": 90}


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the dashboard to the admin's first page; each part only for whoever may see it."""
    if request.user.has_perm("commerce.view_order"):
        context["sales"] = _sales(request)
    if request.user.has_perm("core.view_delivery"):
        context["reactions"] = _reactions()
    return context


def _sales(request: HttpRequest) -> dict[str, Any]:
    """Cards, charts and the newest orders."""
    length = PERIODS.get(request.GET.get("days", ""), 30)
    shown = figures.days(last=length)
    totals = figures.total_revenue(shown)
    today, yesterday = shown[-1], shown[-2]
    orders_url = reverse("admin:commerce_order_changelist")
    return {
        "empty": not any(day.orders for day in shown),
        "periods": [
            {
                "label": _("%(days)s days") % {"days": days},
                "url": f"?days={key}",
                "on": days == length,
            }
            for key, days in PERIODS.items()
        ],
        "cards": [
            {
                "title": _("Orders today"),
                "value": today.orders,
                "note": _("%(count)s yesterday") % {"count": yesterday.orders},
                "url": orders_url,
            },
            {
                "title": _("Revenue, %(days)s days") % {"days": length},
                "value": totals[0] if totals else "0",
                "note": ", ".join(str(money) for money in totals[1:4]) or _("one currency"),
                "url": orders_url + "?" + urlencode({"payment_status__exact": "paid"}),
            },
            {
                "title": _("Unpaid for over a day"),
                "value": figures.unpaid_older_than(hours=24),
                "note": _("open orders nobody paid"),
                "url": orders_url + "?" + urlencode({"payment_status__exact": "unpaid"}),
            },
        ],
        "orders_chart": charts.orders_per_day(shown),
        "revenue_chart": charts.revenue_per_day(shown, [money.currency for money in totals[:3]]),
        "legend": charts.LEGEND,
        "newest": {
            "headers": [_("Order"), _("Placed"), _("Total"), _("Status"), _("Payment")],
            "rows": [
                _order_row(order) for order in Order.objects.order_by("-placed_at", "-id")[:8]
            ],
        },
    }


def _order_row(order: Order) -> list[Any]:
    url = reverse("admin:commerce_order_change", args=[order.pk])
    return [
        format_html('<a class="text-primary-600 font-medium" href="{}">{}</a>', url, order.number),
        f"{order.placed_at:%Y-%m-%d %H:%M}",
        str(order.total),
        order.get_status_display(),
        order.get_payment_status_display(),
    ]


def _reactions() -> dict[str, Any]:
    """Dead letters, and how each subscriber did."""
    dead_url = (
        reverse("admin:core_delivery_changelist")
        + "?"
        + urlencode({"state__exact": DeliveryState.DEAD})
    )
    return {
        "dead": figures.dead_letters(),
        "dead_url": dead_url,
        "table": {
            "headers": [_("Subscriber"), _("Calls in 24 h"), _("Success"), _("Average"), _("Dead")],
            "rows": [
                [
                    row.subscriber,
                    row.calls,
                    f"{row.success_percent:.1f} %",
                    "–" if row.average_ms is None else f"{row.average_ms:.0f} ms",
                    row.dead,
                ]
                for row in figures.reactions_of_a_day()
            ],
        },
    }
