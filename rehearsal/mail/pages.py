"""The mailbox: list, one mail, its HTML in a sandboxed frame."""

from __future__ import annotations

import re
import time
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rehearsal.mail.postbox import Mail, Postbox
from rehearsal.pages.html import Html, html, join
from rehearsal.pages.layout import page

FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; font-src data:; "
    "img-src 'self' data: http://127.0.0.1:* http://localhost:*; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A mail may show its own pictures and open links, but run nothing and send nothing."""

SHOWN = 200


class MailPages:
    """Everything under /mail."""

    def __init__(self, postbox: Postbox) -> None:
        self.postbox = postbox

    def routes(self) -> list[Route]:
        """Served from the root."""
        return [
            Route("/mail", self.list),
            Route("/mail/{mail_id}", self.show),
            Route("/mail/{mail_id}/html", self.frame),
            Route("/mail/{mail_id}/raw", self.raw),
            Route("/mail/{mail_id}/part/{content_id:path}", self.part),
        ]

    async def list(self, request: Request) -> Response:
        """Newest first; ?to= searches recipients."""
        wanted = request.query_params.get("to", "")
        found = self.postbox.find(to=wanted)
        rows = join(_row(mail) for mail in found[:SHOWN])
        empty = html(
            '<p class="empty">{words}</p>',
            words="No mail for this recipient."
            if wanted
            else "No mail yet. It shows up here by itself.",
        )
        content = html(
            '<h1>Mailbox</h1><p class="lead">Every mail the shop sends ends here; nothing leaves '
            'this machine.</p><form class="search"><input type="search" name="to" id="to" '
            'value="{to}" placeholder="Search by recipient" aria-label="Recipient">'
            '<button>Search</button></form><div class="card mails" id="mails" data-live>{rows}'
            "</div>",
            to=wanted,
            rows=rows or empty,
        )
        return page("Mailbox", content, active="/mail", live=True)

    async def show(self, request: Request) -> Response:
        """One mail."""
        mail = self.postbox.mails.get(request.path_params["mail_id"])
        if mail is None:
            return Response("No such mail", 404)
        headers = "\n".join(f"{name}: {value}" for name, value in mail.message.items())
        frame = html(
            '<iframe class="shown" title="The mail as HTML" src="/mail/{id}/html" '
            'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>',
            id=mail.id,
        )
        files = ", ".join(part.get_filename() or "unnamed" for part in mail.attachments)
        content = html(
            '<p><a href="/mail">← Mailbox</a></p><div class="card letter"><h1>{subject}</h1><dl>'
            "<dt>From</dt><dd>{sender}</dd><dt>To</dt><dd>{to}</dd><dt>At</dt><dd>{at}</dd>{files}"
            "</dl></div>{beside}{frame}<details{text_open}><summary>Text</summary><pre>{text}</pre>"
            "</details><details><summary>Headers</summary><pre>{headers}</pre></details>"
            '<p><a href="/mail/{id}/raw">Raw message</a></p>',
            subject=mail.subject or "(no subject)",
            sender=mail.message.get("from", mail.sender),
            to=", ".join(mail.recipients),
            at=_clock(mail.at),
            files=html("<dt>Files</dt><dd>{files}</dd>", files=files) if files else Html(""),
            beside=join(tell(mail) for tell in self.postbox.told_beside),
            frame=frame if mail.html else Html(""),
            text_open=Html("" if mail.html else " open"),
            text=mail.text or "(no text part)",
            headers=headers,
            id=mail.id,
        )
        return page(mail.subject or "Mail", content, active="/mail")

    async def frame(self, request: Request) -> Response:
        """The HTML part alone, kept from doing anything."""
        mail = self.postbox.mails.get(request.path_params["mail_id"])
        if mail is None or not mail.html:
            return Response("No such mail", 404)
        shown = re.sub(
            r"cid:([^\"'\s>)]+)",
            lambda found: f"/mail/{mail.id}/part/{quote(found[1])}",
            mail.html,
        )
        links_outside = '<base target="_blank">'
        return HTMLResponse(
            links_outside + shown, headers={"content-security-policy": FRAME_POLICY}
        )

    async def part(self, request: Request) -> Response:
        """A picture inside a mail."""
        mail = self.postbox.mails.get(request.path_params["mail_id"])
        found = mail.part_with_content_id(request.path_params["content_id"]) if mail else None
        payload = found.get_payload(decode=True) if found is not None else None
        if found is None or not isinstance(payload, bytes):
            return Response("No such part", 404)
        if found.get_content_maintype() != "image":
            return Response("Only pictures are shown", 415)
        return Response(
            payload,
            media_type=found.get_content_type(),
            headers={"content-security-policy": "default-src 'none'; sandbox"},
        )

    async def raw(self, request: Request) -> Response:
        """The message as it came."""
        mail = self.postbox.mails.get(request.path_params["mail_id"])
        if mail is None:
            return Response("No such mail", 404)
        return Response(
            mail.content,
            media_type="text/plain; charset=utf-8",
            headers={"x-content-type-options": "nosniff"},
        )


def _row(mail: Mail) -> Html:
    return html(
        '<a class="mail" href="/mail/{id}"><span class="to">{to}</span><span class="subject">'
        '{subject} <span>{peek}</span></span><span class="muted nowrap">{at}</span></a>',
        id=mail.id,
        to=", ".join(mail.recipients),
        subject=mail.subject or "(no subject)",
        peek=" ".join(mail.text.split())[:90],
        at=_clock(mail.at),
    )


def _clock(at: float) -> str:
    return time.strftime("%d %b %H:%M:%S", time.localtime(at))
