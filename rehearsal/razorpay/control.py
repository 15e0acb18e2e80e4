"""Steering the Razorpay face: /control/razorpay/..."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.control import read_json, refuse
from rehearsal.razorpay.api import RazorpayApi
from rehearsal.razorpay.book import Entity
from rehearsal.razorpay.errors import RazorpayRefusal
from rehearsal.razorpay.ledger import accounts
from rehearsal.razorpay.routes import Desk
from rehearsal.razorpay.webhooks import Events

Act = Callable[..., Entity]


class RazorpayControl:
    """What payers, banks and time do, as calls; and the gateway's own books."""

    def __init__(self, desk: Desk, events: Events, api: RazorpayApi) -> None:
        self.desk = desk
        self.events = events
        self.api = api
        links, payments, refunds = desk.links, desk.payments, desk.refunds
        subscriptions = desk.subscriptions
        self.acts: dict[str, dict[str, Act]] = {
            "link": {
                "pay": links.pay, "decline": links.decline, "late": links.late,
                "authorize": links.authorize, "expire": links.expire,
            },
            "payment": {
                "fail": payments.fail, "authorize": payments.authorize,
                "capture": payments.capture, "let_go": payments.let_go, "dispute": self._dispute,
            },
            "refund": {"process": refunds.process, "fail": refunds.fail},
            "dispute": {"move": self._move},
            "subscription": {
                "authenticate": subscriptions.authenticate, "charge": subscriptions.charge,
                "fail_charge": subscriptions.fail_charge, "halt": subscriptions.halt,
                "complete": subscriptions.complete, "expire": subscriptions.expire,
            },
        }  # fmt: skip

    def routes(self) -> list[Route]:
        """Mounted under /control/razorpay."""
        return [
            Route("/events", self.emit, methods=["POST"]),
            Route("/replay/{delivery_id}", self.replay, methods=["POST"]),
            Route("/book", self.book),
            Route("/requests", self.requests),
            Route("/{kind}s/{entity_id}/{act}", self.act, methods=["POST"]),
        ]

    async def emit(self, request: Request) -> Response:
        """Send any event: {"event", "entities": {"payment": {...}}}, in the real envelope."""
        raw = await read_json(request)
        event, entities = raw.get("event"), raw.get("entities")
        usable = isinstance(entities, dict) and all(isinstance(e, dict) for e in entities.values())
        if not isinstance(event, str) or not isinstance(entities, dict) or not usable:
            return refuse('give {"event": "...", "entities": {"payment": {...}}}')
        return JSONResponse(self.events.force(event, entities), 201)

    async def replay(self, request: Request) -> Response:
        """The bytes of one delivery once more, under another event id."""
        try:
            made = self.events.replay(request.path_params["delivery_id"])
        except KeyError:
            return refuse("no such delivery", 404)
        return JSONResponse({"deliveries": [one.as_json() for one in made]}, 201)

    async def book(self, request: Request) -> Response:
        """Everything that moved money, and totals per currency."""
        return JSONResponse(accounts(self.desk.book))

    async def requests(self, request: Request) -> Response:
        """The last API requests, oldest first."""
        return JSONResponse({"requests": [asdict(line) for line in self.api.log]})

    async def act(self, request: Request) -> Response:
        """Let something happen to a link, payment, refund, dispute or subscription."""
        kind, name = request.path_params["kind"], request.path_params["act"]
        act = self.acts.get(kind, {}).get(name)
        if act is None:
            known = {k: sorted(v) for k, v in self.acts.items()}
            return refuse(f"the acts are {known}")
        more: dict[str, Any] = await read_json(request)
        try:
            return JSONResponse(
                act(self.desk.book.get(kind, request.path_params["entity_id"]), **more)
            )
        except TypeError:
            return refuse(f"{name} does not take {', '.join(more)}")
        except RazorpayRefusal as refusal:
            return refuse(refusal.description)

    def _dispute(
        self, payment: Entity, *, amount: int | None = None, reason: str = "chargeback"
    ) -> Entity:
        return self.desk.disputes.open(payment, amount=amount, reason=reason)

    def _move(self, dispute: Entity, *, to: str) -> Entity:
        return self.desk.disputes.move(dispute, to)
