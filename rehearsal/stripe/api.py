"""The door of the Stripe API: key, parameters, idempotency, the call, the answer's shape."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from rehearsal.faults import STATUS_FAULT, Fault
from rehearsal.stripe.book import API_VERSION, Book, new_request_id
from rehearsal.stripe.calls import Call, Route
from rehearsal.stripe.disputes import Disputes
from rehearsal.stripe.errors import StripeRefusal, server_failure, wrong_key
from rehearsal.stripe.expand import check_paths, expanded
from rehearsal.stripe.idempotency import Answers, FirstAnswer, fingerprint_of
from rehearsal.stripe.params import read_parameters
from rehearsal.stripe.payments import Payments
from rehearsal.stripe.routes import find_route
from rehearsal.stripe.webhooks import Cause, Events

KEY_PREFIXES = ("sk_test_", "rk_test_")


@dataclass(frozen=True, slots=True)
class Answered:
    """One line of the request log."""

    at: float
    method: str
    path: str
    status: int
    request_id: str
    idempotency_key: str | None
    replayed: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; `replay_of` is the request that earned this answer first."""

    status: int
    body: dict[str, Any]
    replay_of: str | None = None


class StripeApi:
    """Answers everything under /stripe/v1/."""

    def __init__(self, book: Book, answers: Answers, events: Events, base_url: str) -> None:
        self.book = book
        self.answers = answers
        self.events = events
        self.payments = Payments(book, events, base_url)
        self.disputes = Disputes(book, events)
        self.base_url = base_url
        self.log: deque[Answered] = deque(maxlen=500)

    async def answer(self, request: Request) -> Response:
        """Answer one API request."""
        body = await request.body()
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        path = "/v1/" + request.path_params["path"]
        cause = Cause(new_request_id(), key)
        answer = self._at_the_door(request, path, body, cause)
        self.log.append(
            Answered(
                time.time(), request.method, path, answer.status, cause.request_id or "", key,
                answer.replay_of is not None,
            )
        )  # fmt: skip
        return _response(request, answer, cause)

    def _at_the_door(self, request: Request, path: str, body: bytes, cause: Cause) -> Answer:
        """Everything that is refused before a key counts as used."""
        fault: Fault | None = request.scope.get(STATUS_FAULT)
        try:
            _check_key(request)
            if fault is not None and fault.status < 500 and not fault.work:
                raise server_failure(fault.status)
            route, object_id = find_route(request.method, path)
            encoded = body if request.method == "POST" else request.url.query.encode()
            params = read_parameters(route.name, encoded)
            first = self.answers.first(cause.idempotency_key, path, fingerprint_of(params))
            if first is not None:
                return Answer(first.status, first.body, first.request_id)
            check_paths(route.gives, params.get("expand") or [])
        except StripeRefusal as refusal:
            return Answer(refusal.status, refusal.body())
        call = Call(
            self.book, self.payments, self.disputes, self.events, params, object_id, path,
            self.base_url, cause,
        )  # fmt: skip
        answer = self._work(route, call, fault)
        if cause.idempotency_key is not None:
            self.answers.keep(
                FirstAnswer(
                    cause.idempotency_key, path, fingerprint_of(params), answer.status,
                    answer.body, cause.request_id or "", time.time(),
                )
            )  # fmt: skip
        return answer

    def _work(self, route: Route, call: Call, fault: Fault | None) -> Answer:
        """Do it, failing before or after when told to."""
        try:
            if fault is not None and not fault.work:
                raise server_failure(fault.status)
            self.payments.expire_due()
            made = expanded(route.handler(call), call.params.get("expand") or [], self.book)
            if fault is not None:
                raise server_failure(fault.status)
        except StripeRefusal as refusal:
            return Answer(refusal.status, refusal.body())
        return Answer(200, made)


def _check_key(request: Request) -> None:
    """401 unless a test key comes as Bearer token or as user of Basic authentication."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            credentials = base64.b64decode(credentials).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            credentials = ""
    if not credentials:
        raise wrong_key(
            "You did not provide an API key. You need to provide your API key in the Authorization "
            "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    if credentials.startswith(("sk_live_", "rk_live_")):
        raise wrong_key("This is a rehearsal: never send a live key here. Use one with _test_.")
    if not credentials.startswith(KEY_PREFIXES):
        raise wrong_key(f"Invalid API Key provided: {credentials[:8]}****")


def _response(request: Request, answer: Answer, cause: Cause) -> Response:
    headers = {
        "request-id": cause.request_id or "",
        "stripe-version": request.headers.get("stripe-version", API_VERSION),
    }
    if cause.idempotency_key is not None:
        headers["idempotency-key"] = cause.idempotency_key
        headers["original-request"] = answer.replay_of or cause.request_id or ""
    if answer.replay_of:
        headers["idempotent-replayed"] = "true"
    fault: Fault | None = request.scope.get(STATUS_FAULT)
    if fault is not None and fault.retry_after is not None:
        headers["retry-after"] = str(fault.retry_after)
    if answer.status >= 500:  # trying a kept 500 again would only replay it
        headers["stripe-should-retry"] = "true" if cause.idempotency_key is None else "false"
    return Response(
        json.dumps(answer.body, indent=2),
        answer.status,
        headers=headers,
        media_type="application/json",
    )
