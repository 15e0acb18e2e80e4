"""The delivery board: what left, what arrived, what was lost and why, who opens and clicks."""

import json
from collections import Counter
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core.admin.chart_looks import bars, bars_look, lines_look
from core.admin.page import Choice, admin_page
from notifications.enums import Channel
from notifications.figures import CHANNELS, Board, Sums, board
from notifications.kinds import title_of

PERIODS = (7, 30, 90)
SENT, ARRIVED, LOST = "#6366f1", "var(--color-primary-600)", "#dc2626"
LONGEST_REASON = 30  # characters beside a bar
REASONS, KINDS = 8, 20


@admin_page(
    title="Delivery board",
    template="admin/notifications/board.html",
    permission="notifications.view_delivery",
)
def delivery_board(request: HttpRequest) -> dict[str, Any]:
    """The days asked for; each figure leads to the messages behind it."""
    asked, channel = request.GET.get("days", ""), request.GET.get("channel", "")
    length = int(asked) if asked in map(str, PERIODS) else 30
    channel = channel if channel in Channel.values else ""
    found = board(last=length, channel=channel, today=timezone.now().date())

    def url(**changed: Any) -> str:
        return "?" + urlencode(dict[str, Any](days=length, channel=channel) | changed)

    return {
        "periods": [
            Choice(_("%(days)s days") % {"days": n}, url(days=n), n == length) for n in PERIODS
        ],
        "channels": [Choice(label, url(channel=key), key == channel) for key, label in CHANNELS],
        "cards": _cards(found.total),
        "empty": not found.total.told,
        "days_chart": _days(found),
        "days_look": lines_look(_("messages")),
        "bars_look": bars_look(_("messages")),
        "lost_chart": _reasons(found.lost_why, LOST),
        "suppressed_chart": _reasons(found.suppressed_why, "#9ca3af"),
        "by_channel": _table(
            _("Channel"), {Channel(key).label: sums for key, sums in found.by_channel.items()}
        ),
        "by_kind": _table(
            _("Message"), {title_of(key): sums for key, sums in found.by_kind.items()}
        ),
        "person_url": reverse("told-to-person"),
    }


def _cards(total: Sums) -> list[dict[str, str]]:
    listed = reverse("admin:notifications_delivery_changelist")

    def card(title: str, figure: str, note: str, states: str = "") -> dict[str, str]:
        link = f"{listed}?{urlencode({'state__in': states})}" if states else listed
        return {"title": title, "figure": figure, "note": note, "url": link}

    return [
        card(_("Told"), f"{total.told:,}", _("messages on all ways")),
        card(_("Arrived"), f"{total.arrived:,}", _("as the other side says"), "delivered"),
        card(
            _("Lost"), f"{total.lost:,}", total.of_told(total.lost) + _(" of all"),
            "failed,dead,bounced,uncertain",
        ),
        card(_("Not sent on purpose"), f"{total.suppressed:,}", _("each with its reason"),
             "suppressed"),
        card(_("Under way"), f"{total.open:,}", _("queued, or waiting for the morning"),
             "queued,sending,waiting"),
        card(_("Opened"), total.of_mailed(total.opened),
             _("of the mails that left, as mail programs tell")),
        card(_("Followed a link"), total.of_mailed(total.clicked), _("of the mails that left")),
    ]  # fmt: skip


def _days(found: Board) -> str:
    def line(label: str, colour: str, name: str) -> dict[str, Any]:
        data = [getattr(found.by_day[day], name) if day in found.by_day else 0
                for day in found.days]  # fmt: skip
        return {"label": label, "data": data, "borderColor": colour, "backgroundColor": colour}

    return json.dumps({
        "labels": [date_format(day, "j M") for day in found.days],
        "datasets": [
            line(_("Left the house"), SENT, "left"),
            line(_("Arrived"), ARRIVED, "arrived"),
            line(_("Lost"), LOST, "lost"),
        ],
    })  # fmt: skip


def _reasons(found: Counter[str], colour: str) -> str:
    """Bars; "" where there is nothing to show."""
    if not found:
        return ""
    most = found.most_common(REASONS)
    return bars(most, label=_("messages"), colour=colour, longest=LONGEST_REASON)


def _table(name: str, rows: dict[str, Sums]) -> dict[str, Any]:
    most = sorted(rows.items(), key=lambda row: -row[1].told)[:KINDS]
    return {
        "headers": [name, _("Told"), _("Left"), _("Arrived"), _("Lost"), _("Not sent"),
                    _("Opened"), _("Clicked")],
        "rows": [
            [
                format_html("<strong class='font-medium'>{}</strong>", label),
                f"{sums.told:,}", f"{sums.left:,}", f"{sums.arrived:,}", f"{sums.lost:,}",
                f"{sums.suppressed:,}", sums.of_mailed(sums.opened), sums.of_mailed(sums.clicked),
            ]
            for label, sums in most
        ],
    }  # fmt: skip
