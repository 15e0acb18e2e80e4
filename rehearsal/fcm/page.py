"""The phone: pushes shown as a person would see them."""

from __future__ import annotations

import json
import time

from starlette.requests import Request
from starlette.responses import Response

from rehearsal.fcm.messages import Push, PushLog
from rehearsal.pages.html import Html, html, join
from rehearsal.pages.layout import page

ON_SCREEN, IN_TABLE = 6, 60


class PhonePage:
    """GET /push."""

    def __init__(self, log: PushLog) -> None:
        self.log = log

    async def show(self, request: Request) -> Response:
        """A phone on the left, everything sent on the right; ?to= shows one device."""
        wanted = request.query_params.get("to", "")
        found = [push for push in reversed(self.log.pushes) if wanted in push.target]
        arrived = [push for push in found if push.result == "ok"]
        content = html(
            '<h1>Phone</h1><p class="lead">Every push the shop sends, as it would appear. A '
            "device token decides what happens to it: <code>dead-…</code> is unregistered, "
            "<code>bad-…</code> invalid, <code>quota-…</code> told to wait, <code>down-…</code> "
            'unavailable.</p><form class="search"><input type="search" name="to" value="{to}" '
            'placeholder="Search by device token" aria-label="Device token"><button>Search'
            '</button></form><div class="two"><div class="phone" id="phone" data-live>'
            '<p class="clock">{clock}</p>{pushes}</div><div class="card scroll" id="sent" '
            "data-live>{table}</div></div>",
            to=wanted,
            clock=time.strftime("%H:%M", time.localtime(arrived[0].at if arrived else None)),
            pushes=join(_notification(push) for push in arrived[:ON_SCREEN])
            or Html('<p class="empty">Nothing yet</p>'),
            table=_table(found[:IN_TABLE]),
        )
        return page("Phone", content, active="/push", live=True)


def _notification(push: Push) -> Html:
    data = push.message.get("data") or {}
    return html(
        '<article class="push"><header><span>Tradewind</span><span>{at}</span></header>'
        "<b>{title}</b><p>{body}</p>{data}</article>",
        at=time.strftime("%H:%M:%S", time.localtime(push.at)),
        title=push.title or "(data only)",
        body=push.body,
        data=html("<code>{data}</code>", data=json.dumps(data)) if data else Html(""),
    )


def _table(pushes: list[Push]) -> Html:
    if not pushes:
        return Html('<p class="empty">No push was sent yet.</p>')
    rows = join(
        html(
            '<tr><td class="nowrap muted">{at}</td><td>{title}</td><td class="mono">{kind}: '
            '{target}</td><td><span class="tag {look}">{result}</span></td></tr>',
            at=time.strftime("%H:%M:%S", time.localtime(push.at)),
            title=push.title or "(data only)",
            kind=push.target_kind,
            target=push.target if len(push.target) < 28 else push.target[:25] + "…",
            look="good" if push.result == "ok" else "bad",
            result=push.result,
        )
        for push in pushes
    )
    return html(
        "<table><thead><tr><th>At</th><th>Title</th><th>To</th><th>Result</th></tr></thead>"
        "<tbody>{rows}</tbody></table>",
        rows=rows,
    )
