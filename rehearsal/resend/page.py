"""What the mailbox shows of a mail that went through the provider, and what its receiver may do."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from rehearsal.mail.postbox import Mail
from rehearsal.pages.html import Html, html, join
from rehearsal.resend.api import ResendApi
from rehearsal.resend.letter import Letter
from rehearsal.resend.webhooks import TYPES

BUTTONS = {
    "delivered": "Deliver",
    "delayed": "Delay",
    "opened": "Open",
    "clicked": "Follow the first link",
    "soft_bounced": "Come back for now",
    "bounced": "Come back for good",
    "complained": "Call it spam",
}


class Aftermath:
    """Events of one mail, with a button for each thing that may still happen to it."""

    def __init__(self, api: ResendApi) -> None:
        self.api = api

    def routes(self) -> list[Route]:
        """Served from the root."""
        return [Route("/mail/{mail_id}/happens", self.happen, methods=["POST"])]

    def shown(self, mail: Mail) -> Html:
        """For the mail's page; nothing for what came by SMTP."""
        letter = self.api.of_mail(mail.id)
        if letter is None:
            return Html("")
        buttons = join(
            html('<button name="what" value="{what}">{label}</button> ', what=what, label=label)
            for what, label in BUTTONS.items()
        )
        return html(
            '<div class="card letter"><h2>At the provider</h2><p>{news}</p>'
            '<form method="post" action="/mail/{id}/happens">{buttons}</form></div>',
            news=", ".join(one.partition(".")[2].replace("_", " ") for one in letter.news),
            id=mail.id,
            buttons=buttons,
        )

    async def happen(self, request: Request) -> Response:
        """A button was pressed."""
        mail_id = request.path_params["mail_id"]
        letter = self.api.of_mail(mail_id)
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        what = form.get("what", [""])[0]
        if letter is None or what not in TYPES:
            return Response("No such mail, or no such thing to happen", 404)
        self.api.news.tell(letter, what, link=first_link(letter))
        return RedirectResponse(f"/mail/{mail_id}", 303)


def first_link(letter: Letter) -> str:
    """The first address in the mail's HTML that leads somewhere, or ""."""
    found = re.search(r'href="(https?://[^"]+)"', str(letter.payload.get("html", "")))
    return found[1].replace("&amp;", "&") if found else ""
