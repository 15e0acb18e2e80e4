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
from rehearsal.stripe.book import API_VERSION, Book, StripeObject, new_request_id
from rehearsal.stripe.errors import StripeRefusal, server_failure, wrong_key
from rehearsal.stripe.expand import expanded
from rehearsal.stripe.idempotency import Answers, FirstAnswer, fingerprint_of
from rehearsal.stripe.params import read_parameters
from rehearsal.stripe.payments import Payments
from rehearsal.stripe.resources import Call, find_call
from rehearsal.stripe.webhooks import Events

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


class StripeApi:
    """Answers everything under /stripe/v1/."""

    def __init__(self, book: Book, answers: Answers, events: Events, base_url: str) -> None:
        self.book = book
        self.answers = answers
        self.events = events
        self.payments = Payments(book, events)
        self.base_url = base_url
        self.log: deque[Answered] = deque(maxlen=500)

    async def answer(self, request: Request) -> Response:
        """Answer one API request."""
        body = await request.body()
        request_id = new_request_id()
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        status, answer, replayed = self._answer(request, body, request_id, key)
        path = "/v1/" + request.path_params["path"]
        self.log.append(
            Answered(time.time(), request.method, path, status, request_id, key, bool(replayed))
        )
        return _response(request, status, answer, request_id, key, replayed)

    def _answer(
        self, request: Request, body: bytes, request_id: str, key: str | None
    ) -> tuple[int, dict[str, Any], str | None]:
        """(status, body, id of the first request when this is a replay)."""
        fault: Fault | None = request.scope.get(STATUS_FAULT)
        path = "/v1/" + request.path_params["path"]
        try:
            _check_key(request)
            if fault is not None and fault.status < 500 and not fault.work:
                raise server_failure(fault.status)  # refused at the door: keys are not used up
            name, object_id, handler = find_call(request.method, path)
            if key is not None:
                first = self.answers.first(key, path, fingerprint_of(body))
                if first is not None:
                    return first.status, first.body, first.request_id
            encoded = body if request.method == "POST" else request.url.query.encode()
            params = read_parameters(name, encoded)
        except StripeRefusal as refusal:
            return refusal.status, refusal.body(), None  # parameters are checked before keys count
        try:
            if fault is not None and not fault.work:
                raise server_failure(fault.status)
            call = Call(
                self.book, self.payments, self.events, params, object_id, path, self.base_url,
                {"request_id": request_id, "idempotency_key": key},
            )
            self.payments.expire_due()
            made = expanded(handler(call), params.get("expand") or [], self.book)
            if fault is not None:
                raise server_failure(fault.status)
            status, answer = 200, made
        except StripeRefusal as refusal:
            status, answer = refusal.status, refusal.body()
        if key is not None:
            self.answers.keep(
                FirstAnswer(
                    key, path, fingerprint_of(body), status, answer, request_id, time.time()
                )
            )
        return status, answer, None


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


def _response(
    request: Request,
    status: int,
    answer: StripeObject,
    request_id: str,
    key: str | None,
    replayed: str | None,
) -> Response:
    headers = {
        "request-id": request_id,
        "stripe-version": request.headers.get("stripe-version", API_VERSION),
    }
    if key is not None:
        headers["idempotency-key"] = key
        headers["original-request"] = replayed or request_id
    if replayed:
        headers["idempotent-replayed"] = "true"
    fault: Fault | None = request.scope.get(STATUS_FAULT)
    if fault is not None and fault.retry_after is not None:
        headers["retry-after"] = str(fault.retry_after)
    if status >= 500:
        headers["stripe-should-retry"] = "true" if key is None else "false"
    return Response(
        json.dumps(answer, indent=2), status, headers=headers, media_type="application/json"
    )
