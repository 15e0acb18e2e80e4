"""Are the gateways heard as usual? One card each, and what waits for a person."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core.admin.page import admin_page
from core.enums import DeliveryState
from payments.webhooks.health import SenderHealth, senders_health
from payments.webhooks.spoken import spoken

TYPES_SHOWN = 12
LINK = '<a class="font-medium text-primary-600 dark:text-primary-500" href="{}">{}</a>'


@admin_page(
    title="Webhook health",
    template="payments/admin/webhook_health.html",
    permission="core.view_event",
)
def webhook_health(request: HttpRequest) -> dict[str, Any]:
    """Rhythm, repetitions, disorder, unknown types, refused signatures, dead letters."""
    return {"senders": [_card(one) for one in senders_health()]}


def _card(one: SenderHealth) -> dict[str, Any]:
    return {
        "title": one.sender.title,
        "state": _state(one),
        "habit": one.sender.habit,
        "empty": one.rhythm.last_at is None,
        "is_set_up": one.sender.is_set_up,
        "address": f"/webhooks/{one.sender.name}/",
        "facts": _facts(one),
        "links": _links(one),
        "types": _types(one),
        "refused": _refused(one),
    }


def _state(one: SenderHealth) -> tuple[str, str]:
    """(words, colour)."""
    if one.is_late:
        return _("Late"), "danger"
    if not one.sender.is_set_up:
        return _("Not set up"), "default"
    if one.rhythm.last_at is None:
        return _("Nothing yet"), "warning"
    if one.dead:
        return _("Dead letters"), "warning"
    return _("As usual"), "success"


def _facts(one: SenderHealth) -> list[tuple[str, str, str]]:
    """(what, figure, note)."""
    rhythm = one.rhythm
    return [
        (
            _("Last event"),
            _("%(span)s ago") % {"span": spoken(one.silent_for)} if one.silent_for else _("never"),
            _("usually every %(median)s, rarely over %(p95)s")
            % {"median": spoken(rhythm.median), "p95": spoken(rhythm.p95)}
            if rhythm.median is not None
            else _("no rhythm yet"),
        ),
        (_("Events"), str(one.today), _("today; %(week)s in 7 days") % {"week": one.week}),
        (
            _("Repeated"),
            f"{one.repeated_percent:.1f} %",
            _("%(count)s came again and were counted once") % {"count": one.repeated},
        ),
        (
            _("Out of order"),
            f"{one.disorder.percent:.1f} %",
            _("of the last %(count)s") % {"count": one.disorder.looked_at},
        ),
        (
            _("Refused signatures"),
            str(one.refused_count),
            _("in 7 days; nothing of them is stored"),
        ),
    ]


def _links(one: SenderHealth) -> list[dict[str, Any]]:
    """Counts that lead to the deliveries behind them."""
    page = reverse("admin:core_delivery_changelist")
    return [
        {
            "title": title,
            "count": count,
            "url": page + "?" + urlencode({"state__exact": state, "sender": name}),
        }
        for title, count, state in (
            (_("Dead letters"), one.dead, DeliveryState.DEAD),
            (_("Waiting"), one.waiting, DeliveryState.READY),
        )
        if (name := one.sender.name)
    ]


def _types(one: SenderHealth) -> dict[str, Any]:
    """The busiest types, and every one that nobody reads."""
    shown = one.types[:TYPES_SHOWN] + [t for t in one.types[TYPES_SHOWN:] if not t.known]
    page = reverse("admin:core_event_changelist")
    return {
        "headers": [_("Type"), _("7 days"), _("Today"), _("Repeated"), _("Last"), _("Read by us")],
        "rows": [
            [
                format_html(LINK, f"{page}?{urlencode({'type__exact': t.type})}", t.type),
                t.week,
                t.today,
                t.repeated,
                _minute(t.last_at),
                _("yes") if t.known else _("no, kept"),
            ]
            for t in shown
        ],
    }


def _refused(one: SenderHealth) -> dict[str, Any] | None:
    if not one.refused:
        return None
    return {
        "headers": [_("Why refused"), _("7 days"), _("Last")],
        "rows": [[reason, count, _minute(last)] for reason, count, last in one.refused],
    }


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
