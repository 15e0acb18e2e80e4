"""Steering the Paystack face: /control/paystack/..."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.checked import Unfit
from rehearsal.control import read_json, refuse
from rehearsal.paystack.api import PaystackApi
from rehearsal.paystack.book import Row, shown
from rehearsal.paystack.errors import PaystackRefusal
from rehearsal.paystack.ledger import accounts
from rehearsal.paystack.steps import Steps

LIES = ("amount", "currency", "metadata", "status", "domain", "fees", "requested_amount")


class PaystackControl:
    """The page's buttons, what banks do, time, lies, and the gateway's book."""

    def __init__(self, api: PaystackApi, steps: Steps) -> None:
        self.api = api
        self.steps = steps

    def routes(self) -> list[Route]:
        """Mounted under /control/paystack."""
        return [
            Route("/book", self.book),
            Route("/requests", self.requests),
            Route("/events", self.emit, methods=["POST"]),
            Route("/habits", self.habits, methods=["PUT"]),
            Route("/transactions/{reference}/show", self.show, methods=["PUT"]),
            Route("/transactions/{reference}/dispute", self.dispute, methods=["POST"]),
            Route("/transactions/{reference}/{step}", self.press, methods=["POST"]),
            Route("/refunds/{id}/{state}", self.refund, methods=["POST"]),
            Route("/disputes/{id}/{what}", self.resolve, methods=["POST"]),
            Route("/subscriptions/{code}/{what}", self.subscription, methods=["POST"]),
        ]

    async def book(self, request: Request) -> Response:
        """Charges, refunds, disputes, fees and totals per currency."""
        return JSONResponse(accounts(self.api.book))

    async def requests(self, request: Request) -> Response:
        """The last API requests, oldest first."""
        return JSONResponse({"requests": list(self.api.log)})

    async def emit(self, request: Request) -> Response:
        """Send any event: {"event", "data"}; signed like the others."""
        raw = await read_json(request)
        if not isinstance(raw.get("event"), str) or "data" not in raw:
            return refuse('give {"event": "...", "data": ...}')
        return JSONResponse(self.api.events.emit(raw["event"], raw["data"]), 201)

    async def habits(self, request: Request) -> Response:
        """{"tell_failures": charge.failed is sent, "name_refunds": refund webhooks have an id}."""
        raw = await read_json(request)
        known = {"tell_failures", "name_refunds"}
        if set(raw) - known or not all(isinstance(value, bool) for value in raw.values()):
            return refuse(f"known, true or false: {', '.join(sorted(known))}")
        transactions, refunds = self.api.transactions, self.api.refunds
        transactions.failures_told = raw.get("tell_failures", transactions.failures_told)
        refunds.named = raw.get("name_refunds", refunds.named)
        return JSONResponse({"tell_failures": transactions.failures_told,
                             "name_refunds": refunds.named})  # fmt: skip

    async def press(self, request: Request) -> Response:
        """pay, fail, abandon, slow, ongoing, processing, queued, pending; body {"email"?}."""
        email = (await read_json(request)).get("email")
        if email is not None and not isinstance(email, str):
            return refuse("email is a text")
        step = request.path_params["step"]
        return _done(lambda: self.steps.press(self._transaction(request), step, email=email))

    async def show(self, request: Request) -> Response:
        """From now on show these values instead of the true ones; {} ends it."""
        raw = await read_json(request)
        if set(raw) - set(LIES):
            return refuse(f"known: {', '.join(LIES)}")

        def change() -> Row:
            row = self._transaction(request)
            row["_shown_instead"] = raw
            self.api.book.save("transaction", row)
            return self.api.transactions.shown(row)

        return _done(change)

    async def dispute(self, request: Request) -> Response:
        """The payer complains; body {"amount"?, "category"?}."""
        raw = await read_json(request)
        amount, category = raw.get("amount"), raw.get("category", "chargeback")
        if not (amount is None or type(amount) is int) or not isinstance(category, str):
            return refuse("amount is a number of hundredths, category a text")
        return _done(lambda: self.api.disputes.open(self._transaction(request), amount, category))

    async def refund(self, request: Request) -> Response:
        """processing, processed, failed, needs-attention."""
        path = request.path_params
        refunds = self.api.refunds
        return _done(lambda: refunds.move(self.api.book.get("refund", path["id"]), path["state"]))

    async def resolve(self, request: Request) -> Response:
        """merchant-accepted, auto-accepted, declined; or a state it waits in."""
        what, disputes = request.path_params["what"], self.api.disputes

        def change() -> Row:
            dispute = self.api.book.get("dispute", request.path_params["id"])
            waits = what.startswith("awaiting-") or what == "pending"
            return disputes.wait(dispute, what) if waits else disputes.resolve(dispute, what)

        return _done(change)

    async def subscription(self, request: Request) -> Response:
        """renew, fail (a renewal that does not work), end, warn (the card expires)."""
        path, there = request.path_params, self.api.subscriptions
        acts: dict[str, Callable[[Row], Row]] = {
            "renew": lambda row: there.renew(row, works=True),
            "fail": lambda row: there.renew(row, works=False),
            "end": there.end,
            "warn": there.warn,
        }
        if path["what"] not in acts:
            return refuse(f"the acts are {', '.join(acts)}")
        return _done(
            lambda: acts[path["what"]](
                self.api.book.get("subscription", path["code"], "subscription_code")
            )
        )

    def _transaction(self, request: Request) -> Row:
        return self.api.book.get("transaction", request.path_params["reference"], "reference")


def _done(act: Callable[[], Row]) -> Response:
    """The row afterwards, or why not."""
    try:
        made: dict[str, Any] = shown(act())
    except PaystackRefusal as refusal:
        return refuse(refusal.message)
    except Unfit as unfit:
        return refuse(str(unfit))
    return JSONResponse(made)
