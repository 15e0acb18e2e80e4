"""The Resend face put together: a mail provider with an API and signed webhooks."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from rehearsal.checked import Unfit
from rehearsal.control import read_json, refuse
from rehearsal.face import Doorplate, Face, World
from rehearsal.journal import Entry
from rehearsal.outbox import Endpoint, Outbox
from rehearsal.resend.api import ResendApi
from rehearsal.resend.page import Aftermath, first_link
from rehearsal.resend.webhooks import PAUSES, TYPES, News, sign


class ResendFace(Face):
    """A mail provider; its mails lie in the mailbox beside those that came by SMTP."""

    slug = "resend"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        settings = world.settings
        endpoint = Endpoint(settings.webhook_urls.get(self.slug, ""), settings.secret_of(self.slug))
        self.webhooks = Outbox(
            self.slug, sign, world.journal, endpoint, settings.retry_scale, PAUSES
        )
        self.outbox = self.webhooks
        self.api = ResendApi(world.journal, world.postbox, News(self.webhooks))
        self.aftermath = Aftermath(self.api)
        world.postbox.told_beside.append(self.aftermath.shown)

    def routes(self) -> list[BaseRoute]:
        """The API."""
        return list(self.api.routes())

    def page_routes(self) -> list[BaseRoute]:
        """Buttons on a mail's page."""
        return list(self.aftermath.routes())

    def control_routes(self) -> list[BaseRoute]:
        """Under /control/resend."""
        return [
            Route("/letters", self._letters),
            Route("/letters/{letter_id}/{what}", self._happen, methods=["POST"]),
        ]

    def restore(self, entry: Entry) -> None:
        """Letters and deliveries come back."""
        if entry.kind.startswith("delivery"):
            self.webhooks.restore(entry)
        else:
            self.api.restore(entry)

    def clear(self) -> None:
        """Forget everything."""
        self.api.clear()
        self.webhooks.clear()

    def overview(self) -> dict[str, Any]:
        """How many letters."""
        return {"letters": len(self.api.letters), "refused": self.api.refused}

    def doorplate(self) -> Doorplate:
        """What the start page says."""
        return Doorplate(
            title="Resend",
            purpose="A mail provider: takes mails by API, tells what became of them.",
            facts=[
                ("API base", f"{self.world.base_url}/resend/"),
                ("Webhooks go to", self.webhooks.endpoint.url or "nowhere yet"),
                ("Mails", str(len(self.api.letters))),
                ("Refused", str(self.api.refused)),
            ],
            links=[("Mailbox", "/mail"), ("Letters", "/control/resend/letters")],
        )

    async def _letters(self, request: Request) -> Response:
        """?to= part of the recipient; oldest first."""
        wanted = request.query_params.get("to", "").lower()
        found = [one for one in self.api.letters.values() if wanted in one.to.lower()]
        return JSONResponse({"letters": [one.as_json() for one in found]})

    async def _happen(self, request: Request) -> Response:
        """Something becomes of a letter: {"link"} of a click."""
        letter = self.api.letters.get(request.path_params["letter_id"])
        what = request.path_params["what"]
        if letter is None:
            return refuse("no such letter", 404)
        if what not in TYPES:
            raise Unfit(f"known: {', '.join(TYPES)}")
        raw = await read_json(request)
        link = str(raw.get("link", "")) or first_link(letter)
        return JSONResponse(self.api.news.tell(letter, what, link=link))
