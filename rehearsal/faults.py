"""Things that go wrong on purpose when a face's API is called.

A fault waits for calls that fit its face, method and path. What each kind does:

delay        waits `seconds`, then works as usual
status       the face answers with `status` in its own words (`work=True`: after doing the work;
             `code` names one of the face's own refusals where it has names for them)
hang         waits `seconds`, does no work, drops the connection
lost_answer  does the work, waits `seconds`, drops the connection without an answer
cut          does the work, sends half of the body, drops the connection
drip         does the work, sends the body one byte every `seconds`
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rehearsal.checked import Unfit, checked_fields
from rehearsal.server import WireBroken

KINDS = ("delay", "status", "hang", "lost_answer", "cut", "drip")
STATUS_FAULT = "rehearsal.status_fault"
"""Key in the ASGI scope under which a face finds the `status` fault meant for this call."""
WIRE_BREAKS = "rehearsal.wire_breaks"
"""Key in the ASGI scope by which a face has the connection dropped in place of its answer."""

_numbers = itertools.count(1)


@dataclass(slots=True)
class Fault:
    """One fault. `times` None means until removed; `rate` is the share of fitting calls hit."""

    kind: str
    face: str = "*"
    method: str = "*"
    path: str = "/v1/*"
    times: int | None = None
    rate: float = 1.0
    seconds: float = 0.0
    status: int = 500
    work: bool = False
    retry_after: int | None = None
    code: str = ""
    hits: int = 0
    id: int = field(default_factory=lambda: next(_numbers))

    def fits(self, face: str, method: str, path: str) -> bool:
        """Whether this call is one the fault is waiting for."""
        return (
            self.times != 0
            and self.face in ("*", face)
            and self.method in ("*", method)
            and fnmatchcase(path, self.path)
        )

    @classmethod
    def read(cls, raw: dict[str, Any]) -> Fault:
        """Make a fault from JSON; raises Unfit."""
        values = checked_fields(cls, raw, without=("hits", "id"))
        if values.get("kind") not in KINDS:
            raise Unfit(f"kind must be one of {', '.join(KINDS)}")
        fault = cls(**values)
        if not (0 <= fault.rate <= 1 and fault.seconds >= 0 and 100 <= fault.status <= 599):
            raise Unfit("rate is 0..1, seconds is not negative, status is an HTTP status")
        return fault


class Faults:
    """The faults now waiting, in the order they were set."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self.dice = random.Random()  # noqa: S311 - dice, not secrets

    def add(self, raw: dict[str, Any]) -> Fault:
        """Set one more fault."""
        fault = Fault.read(raw)
        self.waiting.append(fault)
        return fault

    def clear(self, fault_id: int | None = None) -> None:
        """Remove one fault, or all."""
        self.waiting = [f for f in self.waiting if fault_id is not None and f.id != fault_id]

    def strike(self, face: str, method: str, path: str) -> list[Fault]:
        """The faults that hit this call; each counts its hit."""
        hitting = []
        for fault in self.waiting:
            if fault.fits(face, method, path) and self.dice.random() < fault.rate:
                fault.hits += 1
                if fault.times is not None:
                    fault.times -= 1
                hitting.append(fault)
        return hitting

    def as_json(self) -> list[dict[str, Any]]:
        """For the control API."""
        return [asdict(fault) for fault in self.waiting]


class FaultyWire:
    """ASGI wrapper around the whole app that lets faults happen on the faces' paths.

    It is the outermost layer, so that nothing below turns a broken wire into an orderly 500.
    """

    def __init__(self, app: ASGIApp, faces: Iterable[str], faults: Faults) -> None:
        self.app = app
        self.faces = frozenset(faces)
        self.faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the call through every fault that hits it."""
        face, _, rest = scope["path"].removeprefix("/").partition("/")
        if face not in self.faces:
            await self.app(scope, receive, send)
            return
        after: Fault | None = None
        for fault in self.faults.strike(face, scope["method"], f"/{rest}"):
            if fault.kind == "delay":
                await asyncio.sleep(fault.seconds)
            elif fault.kind == "hang":
                await asyncio.sleep(fault.seconds)
                raise WireBroken(reset=True)
            elif fault.kind == "status":
                scope[STATUS_FAULT] = fault
            else:
                after = fault
        if after is None:
            await self.app(scope, receive, _breakable(scope, send))
        else:
            await self._answer_badly(after, scope, receive, send)

    async def _answer_badly(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Do the work completely, then spoil the way back."""
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self.app(scope, receive, keep)
        if fault.kind == "lost_answer":
            await asyncio.sleep(fault.seconds)
            raise WireBroken(reset=True)
        body = b"".join(message.get("body", b"") for message in answer[1:])
        await send(answer[0])
        if fault.kind == "cut":
            await send(
                {
                    "type": "http.response.body",
                    "body": body[: len(body) // 2 or 1],
                    "more_body": True,
                }
            )
            raise WireBroken
        for byte in body:
            await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
            await asyncio.sleep(fault.seconds)
        await send({"type": "http.response.body", "body": b""})


def _breakable(scope: Scope, send: Send) -> Send:
    """`send`, until the face says that the wire breaks."""

    async def watched(message: Message) -> None:
        if scope.get(WIRE_BREAKS):
            raise WireBroken(reset=True)
        await send(message)

    return watched
