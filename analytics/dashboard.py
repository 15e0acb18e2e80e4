"""What staff see first: how the shop did, and what waits for a person."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from analytics import charts, figures
from commerce.admin.labels import ORDER_LABELS, PAYMENT_LABELS
from commerce.models import Order
from core.admin.badge import Labelled
from core.admin.page import Choice
from core.enums import DeliveryState
from core.money import Money

PERIODS = {"7": 7, "30": 30, "90": 90}
ORDER_LINK = '<a class="font-medium text-primary-600 dark:text-primary-500" href="{}">{}</a>'


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the dashboard to the admin's first page; each part only for whoever may see it."""
    context["title"] = _("Dashboard")
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
    currencies = [money.currency for money in totals]
    asked = request.GET.get("currency", "")
    currency = asked if asked in currencies else next(iter(currencies), settings.BASE_CURRENCY)
    return {
        "empty": not any(day.orders for day in shown),
        "periods": [
            Choice(_("%(days)s days") % {"days": days}, _here(days, currency), days == length)
            for days in PERIODS.values()
        ],
        "currencies": [Choice(code, _here(length, code), code == currency) for code in currencies],
        "cards": _cards(length, shown, totals),
        "orders_chart": charts.orders_per_day(shown),
        "revenue_chart": charts.revenue_per_day(shown, currency),
        "newest": {
            "headers": [_("Order"), _("Placed"), _("Total"), _("Status"), _("Payment")],
            "rows": [
                _order_row(order) for order in Order.objects.order_by("-placed_at", "-id")[:8]
            ],
        },
    }


def _cards(length: int, shown: list[figures.Day], totals: list[Money]) -> list[dict[str, Any]]:
    """The figures at the top, each with the list behind it."""
    orders_url = reverse("admin:commerce_order_changelist")
    today, yesterday = shown[-1], shown[-2]
    return [
        {
            "title": _("Orders today"),
            "value": today.orders,
            "note": _("%(count)s yesterday") % {"count": yesterday.orders},
            "url": orders_url,
        },
        {
            "title": _("Revenue, %(days)s days") % {"days": length},
            "value": readable(totals[0]) if totals else "0",
            "note": " · ".join(map(readable, totals[1:])) or _("paid orders"),
            "url": orders_url + "?" + urlencode({"payment_status__exact": "paid"}),
        },
        {
            "title": _("Unpaid for over a day"),
            "value": figures.unpaid_older_than(hours=24),
            "note": _("open orders nobody paid"),
            "url": orders_url + "?" + urlencode({"payment_status__exact": "unpaid"}),
        },
    ]


def _here(days: int, currency: str) -> str:
    return "?" + urlencode({"days": str(days), "currency": currency})


def readable(money: Money) -> str:
    """A large sum, with its thousands apart."""
    return f"{money.decimal:,} {money.currency}"


def _order_row(order: Order) -> list[Any]:
    url = reverse("admin:commerce_order_change", args=[order.pk])
    return [
        format_html(ORDER_LINK, url, order.number),
        f"{order.placed_at:%Y-%m-%d %H:%M}",
        readable(order.total),
        Labelled(order.status, order.get_status_display(), ORDER_LABELS).__html__(),
        Labelled(
            order.payment_status, order.get_payment_status_display(), PAYMENT_LABELS
        ).__html__(),
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
                    "–" if row.average_ms is None else f"{row.average_ms:.1f} ms",
                    row.dead,
                ]
                for row in figures.reactions_of_a_day()
            ],
        },
    }
