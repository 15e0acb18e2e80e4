"""The FCM face put together."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from rehearsal.face import Doorplate, Face, World
from rehearsal.fcm.api import FcmApi
from rehearsal.fcm.credentials import service_account
from rehearsal.fcm.messages import PushLog
from rehearsal.fcm.page import PhonePage
from rehearsal.fcm.tokens import TokenOffice
from rehearsal.journal import Entry


class FcmFace(Face):
    """Push messages over FCM HTTP v1."""

    slug = "fcm"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.log = PushLog(world.journal)
        office = TokenOffice(world.settings.data, f"{world.base_url}/fcm/token")
        self.api = FcmApi(self.log, office)

    def routes(self) -> list[BaseRoute]:
        """The API."""
        return list(self.api.routes())

    def page_routes(self) -> list[BaseRoute]:
        """The phone."""
        return [Route("/push", PhonePage(self.log).show)]

    def control_routes(self) -> list[BaseRoute]:
        """Under /control/fcm."""
        return [
            Route("/messages", self._messages, methods=["GET", "DELETE"]),
            Route("/topics", self._topics),
            Route("/credentials", self._credentials),
        ]

    def restore(self, entry: Entry) -> None:
        """Messages and subscriptions come back."""
        self.log.restore(entry)

    def clear(self) -> None:
        """Forget all messages."""
        self.log.pushes.clear()
        self.log.topics.clear()

    def overview(self) -> dict[str, Any]:
        """How many messages."""
        return {"pushes": len(self.log.pushes)}

    def doorplate(self) -> Doorplate:
        """What the start page says."""
        arrived = sum(push.result == "ok" for push in self.log.pushes)
        return Doorplate(
            title="Push (FCM)",
            purpose="Takes push messages and shows them on a phone.",
            facts=[
                ("API base", f"{self.world.base_url}/fcm"),
                ("Arrived", str(arrived)),
                ("Refused", str(len(self.log.pushes) - arrived)),
            ],
            links=[("Phone", "/push"), ("Credentials", "/control/fcm/credentials")],
        )

    async def _messages(self, request: Request) -> Response:
        """?token= target, ?result= "ok" or an error code; oldest first."""
        if request.method == "DELETE":
            self.clear()
            self.world.journal.forget(self.slug)
        query = request.query_params
        found = [
            {**asdict(push), "title": push.title, "body": push.body}
            for push in self.log.pushes
            if query.get("token") in (None, push.target)
            and query.get("result") in (None, push.result)
        ]
        return JSONResponse({"messages": found})

    async def _topics(self, request: Request) -> Response:
        """Who joined which topic."""
        return JSONResponse({name: sorted(tokens) for name, tokens in self.log.topics.items()})

    async def _credentials(self, request: Request) -> Response:
        """A service account for firebase-admin."""
        return JSONResponse(service_account(self.world.settings.data, self.world.base_url))
