"""The money page: how payments went, and every queue that waits for a person."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core.admin.chart_looks import bars, bars_look, lines_look
from core.admin.page import Choice, admin_page
from core.enums import DeliveryState
from core.models import Delivery
from payments import money_figures as figures
from payments.enums import DisputeState, GatewayName, PaymentStatus
from payments.models import Difference, DifferenceState, Dispute, Payment, Refund
from payments.services.reconcile.book import unexplained_money
from payments.webhooks.spoken import spoken

PERIODS = (7, 30, 90)
COLOURS = {
    GatewayName.STRIPE: "var(--color-primary-600)",
    GatewayName.RAZORPAY: "#d97706",  # told apart in light, in the dark, and by the colour-blind
    GatewayName.PAYSTACK: "#6366f1",
}
LONGEST_REASON = 36  # characters beside a bar


@admin_page(
    title="Money",
    template="payments/admin/money.html",
    permission="payments.view_difference",
)
def money(request: HttpRequest) -> dict[str, Any]:
    """Queues first, then charts and sums of the days asked for."""
    asked = request.GET.get("days", "")
    length = int(asked) if asked in map(str, PERIODS) else 30
    period = figures.Period(last=length)
    days, reasons = period.per_day(), period.reasons()
    return {
        "queues": queues(request),
        "unexplained": unexplained_money(),
        "periods": [
            Choice(_("%(days)s days") % {"days": n}, f"?days={n}", n == length) for n in PERIODS
        ],
        "empty": not days,
        "line_look": lines_look(_("% of payments"), min=0, max=100, ticks={"stepSize": 25}),
        "bars_look": bars_look(_("tries")),
        "success_chart": _success(period.days, days),
        "reasons_chart": bars(
            reasons,
            label=_("Tries"),
            colour=COLOURS[GatewayName.STRIPE],
            longest=LONGEST_REASON,
        )
        if reasons
        else "",
        "volumes": _volumes(period.volumes()),
        "times": _times(period.time_to_paid(), days),
        "gone": _gone(period),
    }


def queues(request: HttpRequest) -> list[dict[str, Any]]:
    """What waits for a person: a count each, and the list behind it; for whoever may see that."""
    waiting: list[tuple[type[Model], str, Callable[[], int], dict[str, str], str]] = [
        (Payment, _("Held payments"), figures.held_payments,
         {"status__exact": PaymentStatus.HELD}, _("money that fits nothing we asked for")),
        (Refund, _("Refunds"), figures.waiting_refunds,
         {"state__in": ",".join(figures.WAITING_REFUNDS)}, _("to approve or to look at")),
        (Dispute, _("Disputes"), figures.disputes_to_answer,
         {"state__exact": DisputeState.NEEDS_RESPONSE}, _("the bank waits for our answer")),
        (Difference, _("Differences"), figures.open_differences,
         {"state__exact": DifferenceState.OPEN}, _("between our book and a gateway's")),
        (Delivery, _("Dead letters"), figures.dead_deliveries,
         {"state__exact": DeliveryState.DEAD}, _("reactions that gave up")),
    ]  # fmt: skip
    return [
        _queue(model, title, count(), query, note)
        for model, title, count, query, note in waiting
        if admin.site.is_registered(model)
        and request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
    ]


def _queue(
    model: type[Model], title: str, count: int, query: dict[str, str], note: str
) -> dict[str, Any]:
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return {
        "title": title,
        "count": count,
        "note": note if count else _("nothing waits"),
        "url": f"{page}?{urlencode(query)}",
    }


def _success(days: list[date], found: dict[str, list[figures.GatewayDay]]) -> str:
    """A line per gateway, of the week up to each day: single days of a small shop say little."""
    lines = [
        {
            "label": GatewayName(name).label,
            "data": [None if share is None else round(share, 1) for share in _weekly(line)],
            "borderColor": COLOURS[GatewayName(name)],
            "backgroundColor": COLOURS[GatewayName(name)],
            "spanGaps": True,
        }
        for name, line in found.items()
    ]
    return json.dumps({"labels": [date_format(day, "j M") for day in days], "datasets": lines})


def _weekly(line: list[figures.GatewayDay]) -> list[float | None]:
    """For each day the share that succeeded in the seven days that end with it."""
    weeks = [line[max(0, place - 6) : place + 1] for place in range(len(line))]
    return [
        figures.GatewayDay(
            sum(day.paid for day in week), sum(day.lost for day in week)
        ).success_percent
        for week in weeks
    ]


def _volumes(found: list[figures.Volume]) -> dict[str, Any]:
    return {
        "headers": [_("Currency"), _("Payments"), _("Came in"), _("Went back")],
        "rows": [
            [one.captured.currency, f"{one.payments:,}", one.captured.readable,
             one.refunded.readable]
            for one in found
        ],
    }  # fmt: skip


def _times(
    found: dict[str, figures.ToPaid], days: dict[str, list[figures.GatewayDay]]
) -> dict[str, Any]:
    rows = []
    for name, line in days.items():
        paid, lost = sum(day.paid for day in line), sum(day.lost for day in line)
        share = f"{100 * paid / (paid + lost):.1f} %" if paid + lost else "–"
        took = found.get(name)
        rows.append([
            GatewayName(name).label, f"{paid:,}", f"{lost:,}", share,
            _span(took.median if took else None), _span(took.average if took else None),
        ])  # fmt: skip
    return {
        "headers": [_("Gateway"), _("Paid"), _("Not paid"), _("Success"), _("Half pay within"),
                    _("On average")],
        "rows": rows,
    }  # fmt: skip


def _gone(period: figures.Period) -> dict[str, Any]:
    """What went back, and what payers want back."""
    rows = [
        [what, f"{number:,}", total.readable]
        for what, found in ((_("Refunds"), period.refunds()), (_("Disputes"), period.disputes()))
        for number, total in found
    ]
    return {"headers": ["", _("Number"), _("Sum")], "rows": rows}


def _span(span: timedelta | None) -> str:
    return "–" if span is None else spoken(span)
