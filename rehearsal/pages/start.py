"""The start page: the faces, and the webhooks lately sent."""

from __future__ import annotations

import time

from starlette.requests import Request
from starlette.responses import Response

from rehearsal.face import Doorplate, Face, World
from rehearsal.outbox import Delivery
from rehearsal.pages.html import Html, escaped, html, join
from rehearsal.pages.layout import page

SHOWN = 40
STATE_LOOK = {
    "delivered": ("good", "delivered"),
    "waiting": ("warn", "on its way"),
    "held": ("warn", "held back"),
    "dropped": ("bad", "dropped"),
    "given_up": ("bad", "given up"),
}


class StartPage:
    """GET /."""

    def __init__(self, world: World, faces: list[Face]) -> None:
        self.world = world
        self.faces = faces

    async def show(self, request: Request) -> Response:
        """The page, refreshed live."""
        doors = join(_door(face.doorplate()) for face in self.faces)
        content = html(
            '<h1>The outside world, rehearsed</h1><p class="lead">This machine plays the payment '
            "gateway, the phones and the mail server, over the same protocols and with the same "
            "signatures as the real ones. Nothing leaves it.</p>"
            '<div class="grid" id="faces" data-live>{doors}</div>'
            '<div class="section"><h2>Webhooks lately</h2><span id="faults" data-live>{faults}'
            '</span></div><div class="card scroll" id="deliveries" data-live>{deliveries}</div>',
            doors=doors,
            faults=self._faults(),
            deliveries=self._deliveries(),
        )
        return page("Stage", content, active="/", live=True)

    def _faults(self) -> str:
        calls = [fault.kind for fault in self.world.faults.waiting if fault.times != 0]
        said = [f"API calls: {', '.join(calls).replace('_', ' ')}"] if calls else []
        said += [
            f"{face.slug} webhooks: {words}"
            for face in self.faces
            if face.outbox is not None and (words := face.outbox.faults.in_words())
        ]
        return "Faults set: " + "; ".join(said) if said else "No faults set"

    def _deliveries(self) -> Html:
        found = [
            delivery
            for face in self.faces
            if face.outbox is not None
            for delivery in face.outbox.deliveries.values()
        ]
        if not found:
            return html('<p class="empty">{words}</p>', words="No webhook was sent yet.")
        found.sort(key=lambda delivery: delivery.created, reverse=True)
        return html(
            "<table><thead><tr><th>Sent</th><th>Type</th><th>Event</th><th>State</th>"
            '<th class="num">Tries</th><th>Last answer</th></tr></thead><tbody>{rows}</tbody>'
            "</table>",
            rows=join(_row(delivery) for delivery in found[:SHOWN]),
        )


def _door(plate: Doorplate) -> Html:
    return html(
        '<section class="card face"><h2>{title}</h2><p>{purpose}</p><dl>{facts}</dl>'
        '<div class="links">{links}</div></section>',
        title=plate.title,
        purpose=plate.purpose,
        facts=join(_fact(label, value) for label, value in plate.facts),
        links=join(html('<a href="{path}">{name}</a>', name=n, path=p) for n, p in plate.links),
    )


def _fact(label: str, value: str) -> Html:
    """Addresses may be broken after a slash."""
    shown = Html(escaped(value).replace("/", "/<wbr>"))
    return html("<dt>{label}</dt><dd>{value}</dd>", label=label, value=shown)


def _row(delivery: Delivery) -> Html:
    look, words = STATE_LOOK[delivery.state]
    last = delivery.attempts[-1] if delivery.attempts else None
    said = "" if last is None else last.error or f"{last.status} in {last.milliseconds} ms"
    if last is not None and last.spoiled:
        said += f" ({last.spoiled.replace('_', ' ')})"
    copy = f" copy {delivery.copy}" if delivery.copy > 1 else ""
    return html(
        '<tr><td class="nowrap muted">{at}</td><td>{type}</td><td class="mono">{message}'
        '<span class="muted">{copy}</span></td><td><span class="tag {look}">{words}</span></td>'
        '<td class="num">{tries}</td><td>{said}</td></tr>',
        at=time.strftime("%H:%M:%S", time.localtime(delivery.created)),
        type=delivery.type,
        message=f"{delivery.message_id[:12]}…",
        copy=copy,
        look=look,
        words=words,
        tries=len(delivery.attempts),
        said=said,
    )
