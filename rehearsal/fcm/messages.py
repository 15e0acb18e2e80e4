"""Messages as FCM checks and keeps them."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any

from rehearsal.fcm.errors import PushRefused, refusal_for
from rehearsal.journal import Entry, Journal

TARGETS = ("token", "fid", "topic", "condition")
PAYLOAD_LIMIT, TOPIC_PAYLOAD_LIMIT = 4096, 2048  # bytes


@dataclass(frozen=True, slots=True)
class Push:
    """One message that was sent to us; `result` is "ok" or FCM's error code."""

    id: str
    at: float
    name: str
    target_kind: str
    target: str
    result: str
    message: dict[str, Any]

    @property
    def title(self) -> str:
        """What the phone shows in bold."""
        return str(self._notification().get("title", ""))

    @property
    def body(self) -> str:
        """What the phone shows below."""
        return str(self._notification().get("body", ""))

    def _notification(self) -> dict[str, Any]:
        android = self.message.get("android") or {}
        shown = self.message.get("notification") or android.get("notification")
        return shown if isinstance(shown, dict) else {}


def check_message(request: Any) -> tuple[dict[str, Any], str, str]:
    """(message, kind of target, target) of a send request; refuses bad shapes like FCM."""
    message = request.get("message") if isinstance(request, dict) else None
    if not isinstance(message, dict):
        raise PushRefused(400, "Invalid JSON payload received.", field="message")
    named = [kind for kind in TARGETS if message.get(kind)]
    if len(named) != 1:
        raise PushRefused(
            400, "Exactly one of token, fid, topic or condition must be set.", field="message"
        )
    if not isinstance(message[named[0]], str):
        raise _wrong_type(f"message.{named[0]}", "STRING", message[named[0]])
    for name in ("data", "notification", "android", "apns", "webpush"):
        if not isinstance(message.get(name, {}), dict):
            raise _wrong_type(f"message.{name}", "MESSAGE", message[name])
    for index, (key, value) in enumerate(message.get("data", {}).items()):
        if not isinstance(value, str):
            raise _wrong_type(f"message.data[{index}].value", "STRING", value)
        if key in ("from", "gcm") or key.startswith("google."):
            raise PushRefused(400, f"Invalid data payload key: {key}", field="message.data")
    kind = named[0]
    limit = TOPIC_PAYLOAD_LIMIT if kind in ("topic", "condition") else PAYLOAD_LIMIT
    payload = {k: v for k, v in message.items() if k in ("data", "notification")}
    if len(json.dumps(payload, ensure_ascii=False).encode()) > limit:
        raise PushRefused(400, f"Message is too big: more than {limit} bytes", field="message")
    return message, kind, message[kind]


def _wrong_type(path: str, wanted: str, value: Any) -> PushRefused:
    text = f"Invalid value at '{path}' (TYPE_{wanted}), {json.dumps(value)}"
    return PushRefused(400, text, field=path)


def _result(refused: PushRefused | None) -> str:
    return (refused.code or "BAD_PAYLOAD") if refused else "ok"


class PushLog:
    """All messages and topic subscriptions, oldest first."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.pushes: list[Push] = []
        self.topics: dict[str, set[str]] = {}

    def send(self, project: str, request: Any) -> str:
        """Take one message; returns its name, refuses by the token's prefix."""
        message, kind, target = check_message(request)
        refused = refusal_for(target) if kind in ("token", "fid") else None
        name = f"projects/{project}/messages/0:{int(time.time() * 1e6)}%{secrets.token_hex(8)}"
        if not request.get("validate_only"):
            self._keep(name, kind, target, message, _result(refused))
        if refused is not None:
            raise refused
        return name

    def _keep(
        self, name: str, kind: str, target: str, message: dict[str, Any], result: str
    ) -> None:
        push = Push(secrets.token_hex(6), time.time(), name, kind, target, result, message)
        self.pushes.append(push)
        self.journal.record("fcm", "push", asdict(push))

    def subscribe(self, token: str, topic: str, *, wanted: bool) -> None:
        """Join or leave a topic; refuses dead tokens."""
        refused = refusal_for(token)
        if refused is not None:
            raise refused
        members = self.topics.setdefault(topic, set())
        (members.add if wanted else members.discard)(token)
        self.journal.record("fcm", "topic", {"token": token, "topic": topic, "wanted": wanted})

    def restore(self, entry: Entry) -> None:
        """Take back one journal line."""
        if entry.kind == "push":
            self.pushes.append(Push(**entry.data))
        elif entry.kind == "topic":
            members = self.topics.setdefault(entry.data["topic"], set())
            (members.add if entry.data["wanted"] else members.discard)(entry.data["token"])
