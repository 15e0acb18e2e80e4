"""The door of the Razorpay API: key and secret, parameters, the call, the answer's shape."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rehearsal.faults import STATUS_FAULT, Fault
from rehearsal.razorpay.errors import RazorpayRefusal, failure, wrong_key
from rehearsal.razorpay.fields import checked, from_query
from rehearsal.razorpay.routes import Call, Desk, find_route

KEY_PREFIX = "rzp_test_"
KEPT_REQUESTS = 500


@dataclass(frozen=True, slots=True)
class Answered:
    """One line of the request log."""

    at: float
    method: str
    path: str
    status: int


class RazorpayApi:
    """Answers everything under /razorpay/v1/."""

    def __init__(self, desk: Desk, key_secret: str) -> None:
        self.desk = desk
        self.key_secret = key_secret
        self.log: deque[Answered] = deque(maxlen=KEPT_REQUESTS)

    async def answer(self, request: Request) -> Response:
        """Answer one API request."""
        body = await request.body()
        path = "/" + request.path_params["path"]
        status, answer = self._at_the_door(request, path, body)
        self.log.append(Answered(time.time(), request.method, f"/v1{path}", status))
        fault: Fault | None = request.scope.get(STATUS_FAULT)
        waits = fault is not None and fault.retry_after is not None
        headers = {"retry-after": str(fault.retry_after)} if fault and waits else None
        return JSONResponse(answer, status, headers=headers)

    def _at_the_door(self, request: Request, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        fault: Fault | None = request.scope.get(STATUS_FAULT)
        try:
            self._check_key(request.headers.get("authorization", ""))
            if fault is not None and not fault.work:
                raise failure(fault.status)
            route, ids = find_route(request.method, path)
            if request.method == "GET":
                params = from_query(request.query_params, route.spec)
            else:
                params = checked(_json(body), route.spec, *route.required)
            self.desk.links.expire_due()
            answer = route.handler(Call(self.desk, ids, params, request.headers))
            if fault is not None:
                raise failure(fault.status)
        except RazorpayRefusal as refusal:
            return refusal.status, refusal.body()
        return 200, answer

    def _check_key(self, header: str) -> None:
        """401 unless a test key and its secret come by Basic authentication."""
        scheme, _, credentials = header.partition(" ")
        try:
            key_id, _, secret = base64.b64decode(credentials).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise wrong_key() from None
        fits = hmac.compare_digest(secret.encode(), self.key_secret.encode())
        if scheme.lower() != "basic" or not key_id.startswith(KEY_PREFIX) or not fits:
            raise wrong_key()


def _json(body: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(body or b"{}")
    except ValueError:
        raise RazorpayRefusal("The request body is not valid JSON.") from None
    if not isinstance(raw, dict):
        raise RazorpayRefusal("The request body is not a JSON object.")
    return raw
