"""What can be steered for all faces alike: /control/..."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.checked import Unfit
from rehearsal.face import Face, World
from rehearsal.outbox import Delivery, Endpoint, Outbox
from rehearsal.webhook_faults import WebhookFaults

IDLE_POLL_SECONDS = 0.02


async def read_json(request: Request) -> dict[str, Any]:
    """The body as a JSON object; an empty body is an empty object."""
    body = await request.body()
    try:
        raw = json.loads(body or b"{}")
    except ValueError as error:
        raise Unfit("the body is not JSON") from error
    if not isinstance(raw, dict):
        raise Unfit("the body is not a JSON object")
    return raw


def refuse(reason: str, status: int = 400) -> JSONResponse:
    """A control request that makes no sense."""
    return JSONResponse({"error": reason}, status)


class Control:
    """The common part of the control API."""

    def __init__(self, world: World, faces: list[Face]) -> None:
        self.world = world
        self.faces = {face.slug: face for face in faces}

    def routes(self) -> list[Route]:
        """Mounted under /control."""
        return [
            Route("/", self.overview),
            Route("/reset", self.reset, methods=["POST"]),
            Route("/faults", self.faults, methods=["GET", "POST", "DELETE"]),
            Route("/faults/{fault_id:int}", self.remove_fault, methods=["DELETE"]),
            Route("/deliveries", self.deliveries),
            Route("/deliveries/idle", self.wait_idle),
            Route("/deliveries/{delivery_id}/resend", self.resend, methods=["POST"]),
            Route("/{face}/endpoint", self.endpoint, methods=["GET", "PUT"]),
            Route("/{face}/webhook-faults", self.webhook_faults, methods=["GET", "PUT", "DELETE"]),
            Route("/{face}/release", self.release, methods=["POST"]),
        ]

    async def overview(self, request: Request) -> Response:
        """What runs and what it holds."""
        return JSONResponse(
            {
                "base_url": self.world.base_url,
                "smtp": self.world.smtp_address,
                "faults": self.world.faults.as_json(),
                "faces": {slug: face.overview() for slug, face in self.faces.items()},
            }
        )

    async def reset(self, request: Request) -> Response:
        """End all faults; with {"books": true} forget everything that happened as well."""
        raw = await read_json(request)
        self.world.faults.clear()
        for face in self.faces.values():
            if face.outbox is not None:
                face.outbox.faults = WebhookFaults()
            if raw.get("books"):
                face.clear()
            elif face.outbox is not None:
                face.outbox.release()
            face.end_faults()
        if raw.get("books"):
            self.world.journal.forget()
        return JSONResponse({"reset": True})

    async def faults(self, request: Request) -> Response:
        """List, add or remove all API faults."""
        if request.method == "POST":
            fault = self.world.faults.add(await read_json(request))
            return JSONResponse({"id": fault.id}, 201)
        if request.method == "DELETE":
            self.world.faults.clear()
        return JSONResponse({"faults": self.world.faults.as_json()})

    async def remove_fault(self, request: Request) -> Response:
        """Remove one API fault."""
        self.world.faults.clear(request.path_params["fault_id"])
        return JSONResponse({"faults": self.world.faults.as_json()})

    async def deliveries(self, request: Request) -> Response:
        """Webhook deliveries, oldest first; ?face=&type=&state=&message=&body=1."""
        query = request.query_params
        found = [
            delivery.as_json(with_body="body" in query)
            for outbox in self._outboxes(query.get("face"))
            for delivery in outbox.deliveries.values()
            if _fits(delivery, query.get("type"), query.get("state"), query.get("message"))
        ]
        found.sort(key=lambda delivery: delivery["created"])
        return JSONResponse({"deliveries": found})

    async def wait_idle(self, request: Request) -> Response:
        """Answer when nothing is left to send, or 409 after ?timeout= seconds (10)."""
        try:
            seconds = float(request.query_params.get("timeout", 10))
        except ValueError as error:
            raise Unfit("timeout is a number of seconds") from error
        try:
            async with asyncio.timeout(seconds):
                while not all(outbox.idle for outbox in self._outboxes(None)):
                    await asyncio.sleep(IDLE_POLL_SECONDS)
        except TimeoutError:
            return refuse("still sending", 409)
        return JSONResponse({"idle": True})

    async def resend(self, request: Request) -> Response:
        """Send one delivery again."""
        wanted = request.path_params["delivery_id"]
        for outbox in self._outboxes(None):
            if wanted in outbox.deliveries:
                return JSONResponse(outbox.resend(wanted).as_json())
        return refuse("no such delivery", 404)

    async def endpoint(self, request: Request) -> Response:
        """Where a face sends webhooks: {"url", "secret"?, "events"?: [...] or null for all}."""
        outbox = self._outbox(request)
        if request.method == "PUT":
            raw = await read_json(request)
            _change_endpoint(outbox.endpoint, raw)
        here = outbox.endpoint
        events = None if here.events is None else list(here.events)
        return JSONResponse({"url": here.url, "secret": here.secret, "events": events})

    async def webhook_faults(self, request: Request) -> Response:
        """Show, change (only what is named) or end a face's webhook faults."""
        outbox = self._outbox(request)
        if request.method == "PUT":
            outbox.faults.update(await read_json(request))
            outbox.faults_changed()
        elif request.method == "DELETE":
            outbox.faults = WebhookFaults()
            outbox.release()
        return JSONResponse(outbox.faults.as_json())

    async def release(self, request: Request) -> Response:
        """Let held webhooks go, in random order."""
        return JSONResponse({"released": self._outbox(request).release()})

    def _outbox(self, request: Request) -> Outbox:
        face = self.faces.get(request.path_params["face"])
        if face is None or face.outbox is None:
            raise Unfit("this face sends no webhooks")
        return face.outbox

    def _outboxes(self, slug: str | None) -> list[Outbox]:
        return [
            face.outbox
            for face in self.faces.values()
            if face.outbox is not None and slug in (None, face.slug)
        ]


def _change_endpoint(endpoint: Endpoint, raw: dict[str, Any]) -> None:
    """Change what is named; refuses all of it when a part does not fit."""
    if set(raw) - {"url", "secret", "events"}:
        raise Unfit("known: url, secret, events")
    url, secret = raw.get("url", endpoint.url), raw.get("secret", endpoint.secret)
    events = raw.get("events", endpoint.events)
    if not isinstance(url, str) or not isinstance(secret, str):
        raise Unfit("url and secret are texts")
    if url and not url.startswith(("http://", "https://")):
        raise Unfit("url starts with http:// or https://, or is empty")
    if events is not None and not all(isinstance(event, str) for event in events):
        raise Unfit("events is a list of types, or null for all")
    endpoint.url, endpoint.secret = url, secret
    endpoint.events = None if events is None else tuple(events)


def _fits(
    delivery: Delivery, event_type: str | None, state: str | None, message: str | None
) -> bool:
    return (
        event_type in (None, delivery.type)
        and state in (None, delivery.state)
        and message in (None, delivery.message_id)
    )
