"""Steering the Stripe face: /control/stripe/..."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.control import read_json, refuse
from rehearsal.stripe.api import StripeApi
from rehearsal.stripe.ledger import accounts


class StripeControl:
    """Emits events by hand and opens the gateway's books."""

    def __init__(self, api: StripeApi) -> None:
        self.api = api

    def routes(self) -> list[Route]:
        """Mounted under /control/stripe."""
        return [
            Route("/events", self.emit, methods=["POST"]),
            Route("/book", self.book),
            Route("/requests", self.requests),
            Route("/sessions/{session_id}/{action}", self.act, methods=["POST"]),
        ]

    async def emit(self, request: Request) -> Response:
        """Send any event: {"type", "object", "previous_attributes"?, "id"?}."""
        raw = await read_json(request)
        if not isinstance(raw.get("type"), str) or not isinstance(raw.get("object"), dict):
            return refuse('give {"type": "...", "object": {...}}')
        previous = raw.get("previous_attributes")
        event = self.api.events.emit(raw["type"], raw["object"], previous=previous, force=True)
        return JSONResponse(event, 201)

    async def book(self, request: Request) -> Response:
        """Charges, refunds, fees and totals per currency."""
        return JSONResponse(accounts(self.api.book))

    async def requests(self, request: Request) -> Response:
        """The last API requests, oldest first."""
        return JSONResponse({"requests": [asdict(line) for line in self.api.log]})

    async def act(self, request: Request) -> Response:
        """Press a button of the payment page: pay, decline or expire."""
        session = self.api.book.tables.get("checkout.session", {}).get(
            request.path_params["session_id"]
        )
        if session is None:
            return refuse("no such session", 404)
        payments, action = self.api.payments, request.path_params["action"]
        raw: dict[str, Any] = await read_json(request)
        if action == "pay":
            payments.pay(session, email=raw.get("email"), base_url=self.api.base_url)
        elif action == "decline":
            payments.decline(session, email=raw.get("email"), base_url=self.api.base_url)
        elif action == "expire" and session["status"] == "open":
            payments.expire(session)
        else:
            return refuse("the actions are pay, decline and expire (of an open session)")
        return JSONResponse(session)
