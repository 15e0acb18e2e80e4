"""The mail face put together: server, mailbox pages, control."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from rehearsal.control import read_json
from rehearsal.face import Doorplate, Face, World
from rehearsal.journal import Entry
from rehearsal.mail.pages import MailPages
from rehearsal.mail.smtp import MailFault, Postman


class MailFace(Face):
    """A mail server that keeps everything."""

    slug = "mail"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.postbox = world.postbox
        self.postman = Postman(self.postbox)

    def page_routes(self) -> list[BaseRoute]:
        """The mailbox."""
        return list(MailPages(self.postbox).routes())

    def control_routes(self) -> list[BaseRoute]:
        """Under /control/mail."""
        return [
            Route("/", self._mails, methods=["GET", "DELETE"]),
            Route("/faults", self._faults, methods=["GET", "POST", "DELETE"]),
        ]

    def restore(self, entry: Entry) -> None:
        """A mail comes back."""
        self.postbox.restore(entry)

    def clear(self) -> None:
        """Empty the mailbox."""
        self.postbox.mails.clear()

    def end_faults(self) -> None:
        """The server behaves again."""
        self.postman.faults.clear()

    def overview(self) -> dict[str, Any]:
        """How many mails."""
        return {"mails": len(self.postbox.mails)}

    def doorplate(self) -> Doorplate:
        """What the start page says."""
        return Doorplate(
            title="Mail",
            purpose="Takes every mail the shop sends and shows it.",
            facts=[
                ("SMTP", self.world.smtp_address),
                ("Mails", str(len(self.postbox.mails))),
            ],
            links=[("Mailbox", "/mail")],
        )

    async def _mails(self, request: Request) -> Response:
        """?to= part of a recipient, ?subject= part of the subject; newest first."""
        if request.method == "DELETE":
            self.clear()
            self.world.journal.forget(self.slug)
        query = request.query_params
        found = self.postbox.find(to=query.get("to", ""), subject=query.get("subject", ""))
        return JSONResponse({"mails": [mail.as_json() for mail in found]})

    async def _faults(self, request: Request) -> Response:
        """List, add or end the mail server's faults."""
        if request.method == "POST":
            self.postman.faults.append(MailFault.read(await read_json(request)))
        elif request.method == "DELETE":
            self.end_faults()
        return JSONResponse({"faults": self.postman.faults_json()})
