"""Steering the Stripe face: /control/stripe/..."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.control import read_json, refuse
from rehearsal.stripe.api import StripeApi
from rehearsal.stripe.book import StripeObject
from rehearsal.stripe.errors import StripeRefusal
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
        """Send any event: {"type", "object", "previous_attributes"?, "id"?}, or {"events": [...]}.

        The answer is the event in its envelope, or the list of events' ids.
        """
        raw = await read_json(request)
        many = raw.get("events")
        wanted = many if isinstance(many, list) else [raw]
        if not all(_is_event(one) for one in wanted):
            return refuse('give {"type": "...", "object": {...}}')
        made = [
            self.api.events.emit(
                one["type"],
                one["object"],
                previous=one.get("previous_attributes"),
                event_id=one.get("id"),
                force=True,
            )
            for one in wanted
        ]
        if many is None:
            return JSONResponse(made[0], 201)
        return JSONResponse({"ids": [event["id"] for event in made]}, 201)

    async def book(self, request: Request) -> Response:
        """Charges, refunds, fees and totals per currency."""
        return JSONResponse(accounts(self.api.book))

    async def requests(self, request: Request) -> Response:
        """The last API requests, oldest first."""
        return JSONResponse({"requests": [asdict(line) for line in self.api.log]})

    async def act(self, request: Request) -> Response:
        """Press a button of the payment page: pay, decline, promise, arrive, bounce, expire."""
        session = self.api.book.tables.get("checkout.session", {}).get(
            request.path_params["session_id"]
        )
        if session is None:
            return refuse("no such session", 404)
        email = (await read_json(request)).get("email")
        if email is not None and not isinstance(email, str):
            return refuse("email is a text")
        payments, action = self.api.payments, request.path_params["action"]
        buttons = {"pay": payments.pay, "decline": payments.decline, "promise": payments.promise}
        decisions: dict[str, Callable[..., StripeObject]] = {
            "arrive": payments.arrive,
            "bounce": payments.bounce,
            "expire": payments.expire,
        }
        try:
            if action in buttons:
                buttons[action](session, email=email)
            elif action in decisions:
                decisions[action](session)
            else:
                return refuse(f"the actions are {', '.join([*buttons, *decisions])}")
        except StripeRefusal as refusal:
            return refuse(refusal.message)
        return JSONResponse(session)


def _is_event(raw: Any) -> bool:
    return (
        isinstance(raw, dict)
        and isinstance(raw.get("type"), str)
        and isinstance(raw.get("object"), dict)
        and isinstance(raw.get("id", ""), str)
    )
