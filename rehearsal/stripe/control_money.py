"""Steering money that goes back: /control/stripe/behaviour, charges, disputes, refunds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.checked import Unfit
from rehearsal.control import read_json, refuse
from rehearsal.stripe import refunds
from rehearsal.stripe.api import StripeApi
from rehearsal.stripe.behaviour import behaviour_of, change_behaviour
from rehearsal.stripe.book import StripeObject
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.rewriting import alter

DISPUTE_WORDS: dict[str, type] = {
    "amount": int, "reason": str, "due_by": int, "inquiry": bool, "withdraw": bool,
}  # fmt: skip
UPDATE_WORDS: dict[str, type] = {"status": str, "due_by": int}


class MoneyControl:
    """What a bank does after a payment, and what an account is set to."""

    def __init__(self, api: StripeApi) -> None:
        self.api = api

    def routes(self) -> list[Route]:
        """Mounted under /control/stripe."""
        return [
            Route("/behaviour", self.behaviour, methods=["GET", "PUT"]),
            Route("/payments/{id}/dispute", self.dispute, methods=["POST"]),
            Route("/payments/{id}/alter", self.alter, methods=["POST"]),
            Route("/disputes/{id}/{action}", self.act_on_dispute, methods=["POST"]),
            Route("/refunds/{id}/{action}", self.act_on_refund, methods=["POST"]),
        ]

    async def behaviour(self, request: Request) -> Response:
        """See behaviour.py; PUT changes what is named."""
        if request.method == "PUT":
            return JSONResponse(change_behaviour(self.api.book, await read_json(request)))
        return JSONResponse(behaviour_of(self.api.book))

    async def dispute(self, request: Request) -> Response:
        """Dispute a charge, or an intent's: {"amount", "reason", "due_by", "inquiry",
        "withdraw"}, all of them optional."""
        wanted = words(await read_json(request), DISPUTE_WORDS)
        charge = self._charge(request.path_params["id"])
        if charge is None:
            return refuse("no such charge", 404)
        return _answer(lambda: self.api.disputes.open(charge, **wanted), 201)

    async def alter(self, request: Request) -> Response:
        """Another amount in the books of an intent or charge, without an event: {"amount"}."""
        wanted = words(await read_json(request), {"amount": int, "tell_fee": bool})
        charge = self._charge(request.path_params["id"])
        if charge is None:
            return refuse("no such charge", 404)
        return _answer(lambda: alter(self.api.book, charge, **wanted))

    async def act_on_dispute(self, request: Request) -> Response:
        """update {"status", "due_by"}, close {"outcome"}, withdraw, reinstate."""
        raw, disputes = await read_json(request), self.api.disputes
        dispute = self._find("dispute", request)
        if dispute is None:
            return refuse("no such dispute", 404)
        actions: dict[str, Callable[[], StripeObject]] = {
            "update": lambda: disputes.update(dispute, words(raw, UPDATE_WORDS)),
            "close": lambda: disputes.close(dispute, str(raw.get("outcome", ""))),
            "withdraw": lambda: disputes.withdraw(dispute),
            "reinstate": lambda: disputes.reinstate(dispute),
        }
        return act(actions, request)

    async def act_on_refund(self, request: Request) -> Response:
        """succeed, or fail {"reason"}."""
        raw = await read_json(request)
        refund = self._find("refund", request)
        if refund is None:
            return refuse("no such refund", 404)
        book, events = self.api.book, self.api.events
        reason = str(raw.get("reason", "expired_or_canceled_card"))
        actions: dict[str, Callable[[], StripeObject]] = {
            "succeed": lambda: refunds.succeed(book, events, refund),
            "fail": lambda: refunds.fail(book, events, refund, reason=reason),
        }
        return act(actions, request)

    def _find(self, kind: str, request: Request) -> StripeObject | None:
        return self.api.book.tables.get(kind, {}).get(request.path_params["id"])

    def _charge(self, named: str) -> StripeObject | None:
        intent = self.api.book.tables.get("payment_intent", {}).get(named, {})
        return self.api.book.tables.get("charge", {}).get(intent.get("latest_charge") or named)


def words(raw: dict[str, Any], known: dict[str, type]) -> dict[str, Any]:
    """The words of a control call, checked."""
    for name, value in raw.items():
        if name not in known or type(value) is not known[name]:
            raise Unfit(f"known: {', '.join(f'{n} ({t.__name__})' for n, t in known.items())}")
    return raw


def act(actions: dict[str, Callable[[], StripeObject]], request: Request) -> Response:
    """Do what the path's `action` names."""
    action = actions.get(request.path_params["action"])
    if action is None:
        return refuse(f"the actions are {', '.join(actions)}")
    return _answer(action)


def _answer(act: Callable[[], StripeObject], status: int = 200) -> Response:
    try:
        return JSONResponse(act(), status)
    except StripeRefusal as refusal:
        return refuse(refusal.message)
