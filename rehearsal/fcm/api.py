"""The FCM HTTP v1 API and Google's token endpoint."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.faults import STATUS_FAULT, WIRE_BREAKS, Fault
from rehearsal.fcm.errors import BY_NAME, PushRefused, wire_fate
from rehearsal.fcm.messages import PushLog
from rehearsal.fcm.tokens import LIFETIME, InvalidGrant, TokenOffice

HANG_SECONDS = 30.0  # longer than any client of ours waits
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class FcmApi:
    """What firebase-admin 7.7 calls."""

    def __init__(self, log: PushLog, office: TokenOffice) -> None:
        self.log = log
        self.office = office

    def routes(self) -> list[Route]:
        """Served under /fcm."""
        topics = "/v1/projects/{project}/registrations/{token}/topicSubscriptions"
        return [
            Route("/token", self.token, methods=["POST"]),
            Route("/v1/projects/{project}/messages:send", self.send, methods=["POST"]),
            Route(topics, self.join_topic, methods=["POST"]),
            Route(topics + "/{topic}", self.leave_topic, methods=["DELETE"]),
        ]

    async def token(self, request: Request) -> Response:
        """OAuth: assertion in, bearer token out."""
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        if form.get("grant_type") != [JWT_BEARER]:
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        try:
            token = self.office.exchange(form.get("assertion", [""])[0])
        except InvalidGrant as error:
            return JSONResponse({"error": "invalid_grant", "error_description": str(error)}, 400)
        return JSONResponse({"access_token": token, "expires_in": LIFETIME, "token_type": "Bearer"})

    async def send(self, request: Request) -> Response:
        """One message."""
        return await self._answer(request, self._send)

    async def join_topic(self, request: Request) -> Response:
        """Subscribe a token to a topic."""
        return await self._answer(request, self._join)

    async def leave_topic(self, request: Request) -> Response:
        """Unsubscribe."""
        return await self._answer(request, self._leave)

    def _send(self, request: Request, body: bytes) -> dict[str, Any]:
        try:
            raw = json.loads(body)
        except ValueError as error:
            raise PushRefused(400, "Invalid JSON payload received.", field="message") from error
        return {"name": self.log.send(request.path_params["project"], raw)}

    def _join(self, request: Request, body: bytes) -> dict[str, Any]:
        topic = request.query_params.get("topic_name", "")
        if not topic:
            raise PushRefused(400, "topic_name is missing", field="topic_name")
        self.log.subscribe(request.path_params["token"], topic, wanted=True)
        return {"name": f"topicSubscriptions/{topic}"}

    def _leave(self, request: Request, body: bytes) -> dict[str, Any]:
        path = request.path_params
        self.log.subscribe(path["token"], path["topic"], wanted=False)
        return {}

    def _check_bearer(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self.office.accepts(token):
            raise PushRefused(401, "Request had invalid authentication credentials.")

    async def _answer(
        self, request: Request, work: Callable[[Request, bytes], dict[str, Any]]
    ) -> Response:
        """Check the bearer token, apply a status fault, do the work, shape the answer."""
        body = await request.body()
        fault: Fault | None = request.scope.get(STATUS_FAULT)
        fate = wire_fate(_target(request, body))
        try:
            self._check_bearer(request)
            _fail_if(fault, work_done=False)
            if fate == "hang":
                await asyncio.sleep(HANG_SECONDS)
                return _no_answer(request)
            answer = work(request, body)
            if fate == "lost_answer":
                return _no_answer(request)
            _fail_if(fault, work_done=True)
        except PushRefused as refused:
            headers = {}
            if refused.retry_after is not None:
                headers["retry-after"] = str(refused.retry_after)
            return JSONResponse(refused.body(), refused.status, headers=headers)
        return JSONResponse(answer)


def _fail_if(fault: Fault | None, *, work_done: bool) -> None:
    """Raise a status fault at its moment: before the work, or after it."""
    if fault is None or (work_done is False and fault.work):
        return
    if fault.code in BY_NAME:
        raise BY_NAME[fault.code]()
    code = fault.code or {429: "QUOTA_EXCEEDED", 503: "UNAVAILABLE", 500: "INTERNAL"}.get(
        fault.status, ""
    )
    raise PushRefused(
        fault.status, "The rehearsal was told to fail.", code=code, retry_after=fault.retry_after
    )


def _no_answer(request: Request) -> Response:
    """The wire breaks in place of this answer."""
    request.scope[WIRE_BREAKS] = True
    return Response()


def _target(request: Request, body: bytes) -> str:
    """The token or installation id a call is about; "" when it names none."""
    if "token" in request.path_params:
        return str(request.path_params["token"])
    try:
        message = json.loads(body)["message"]
        return str(message.get("token") or message.get("fid") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
