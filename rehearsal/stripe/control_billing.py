"""Steering subscriptions: /control/stripe/subscriptions/<id>/<action>, cards that stop working."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.checked import Unfit
from rehearsal.control import read_json, refuse
from rehearsal.stripe.api import StripeApi
from rehearsal.stripe.book import StripeObject
from rehearsal.stripe.control_money import act, words

FAIL_WORDS: dict[str, type] = {"last": bool, "then": str}


class BillingControl:
    """What time and banks do to a subscription."""

    def __init__(self, api: StripeApi) -> None:
        self.api = api

    def routes(self) -> list[Route]:
        """Mounted under /control/stripe."""
        return [
            Route("/subscriptions/{id}/{action}", self.act, methods=["POST"]),
            Route("/customers/{id}/card", self.card, methods=["PUT"]),
        ]

    async def act(self, request: Request) -> Response:
        """advance, renew, fail {"last", "then"}, recover, end_trial, trial_will_end, expire,
        cancel, shift {"seconds"}; the answer is the subscription."""
        raw = await read_json(request)
        there, endings = self.api.payments.subscriptions, self.api.payments.endings
        found = self.api.book.tables.get("subscription", {}).get(request.path_params["id"])
        if found is None:
            return refuse("no such subscription", 404)

        def warn() -> StripeObject:
            self.api.events.emit("customer.subscription.trial_will_end", found)
            return found

        actions: dict[str, Callable[[], StripeObject]] = {
            "advance": lambda: endings.advance(found),
            "renew": lambda: there.renew(found, works=True),
            "fail": lambda: endings.fail(found, **words(raw, FAIL_WORDS)),
            "recover": lambda: there.recover(found),
            "end_trial": lambda: there.end_trial(found),
            "trial_will_end": warn,
            "expire": lambda: endings.expire(found),
            "cancel": lambda: endings.end(found),
            "shift": lambda: there.shift(found, **words(raw, {"seconds": int})),
        }
        return act(actions, request)

    async def card(self, request: Request) -> Response:
        """{"works": false}: the customer's bank refuses from now on."""
        works = (await read_json(request)).get("works")
        customer = request.path_params["id"]
        if not isinstance(works, bool):
            raise Unfit('give {"works": true or false}')
        if customer not in self.api.book.tables.get("customer", {}):
            return refuse("no such customer", 404)
        self.api.book.save_private(customer, card_works=works)
        return JSONResponse({"customer": customer, "works": works})
