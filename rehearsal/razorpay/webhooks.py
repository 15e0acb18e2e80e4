"""Razorpay's events: the envelope, the signature and what is sent where."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import time
from typing import Any

from rehearsal.outbox import Delivery, Outbox, Pauses
from rehearsal.razorpay.book import Entity, new_id

ACCOUNT_ID = "acc_Rehearsal00001"
EVENT_ID_HEADER = "x-razorpay-event-id"

PAUSES: Pauses = (60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800)
"""Adding up to a day, after which Razorpay gives up; the exact steps are not published."""

SUBSCRIBED = (
    "payment.*",
    "payment.dispute.*",
    "order.*",
    "payment_link.*",
    "refund.*",
    "subscription.*",
    "invoice.*",
)
LIES = {"payment.authorized", "payment.failed"}
"""Razorpay's own samples of these say `captured: true`: only `status` tells."""


def sign(body: bytes, secret: str, timestamp: int, message_id: str) -> dict[str, str]:
    """The `X-Razorpay-Signature` header: hex HMAC-SHA256 over the raw body; no time in it."""
    return {
        "x-razorpay-signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
        "user-agent": "Razorpay-Webhook/v1",
    }


class Events:
    """Makes events from happenings and hands them to the outbox."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    def emit(self, event: str, **entities: Entity) -> None:
        """Send the event about these entities if it is subscribed."""
        if self.outbox.endpoint.wants(event):
            self.force(event, entities)

    def force(self, event: str, entities: dict[str, Entity]) -> dict[str, Any]:
        """Send it in any case; returns it."""
        body = {
            "entity": "event",
            "account_id": ACCOUNT_ID,
            "event": event,
            "contains": list(entities),
            "payload": {name: {"entity": _shown(event, name, entities)} for name in entities},
            "created_at": int(time.time()),
        }
        self._send(new_id("evt"), event, json.dumps(body).encode())
        return body

    def replay(self, delivery_id: str) -> list[Delivery]:
        """The same signed bytes under another event id. Raises KeyError."""
        old = self.outbox.deliveries[delivery_id]
        return self._send(new_id("evt"), old.type, old.body.encode())

    def _send(self, event_id: str, event: str, body: bytes) -> list[Delivery]:
        return self.outbox.send(event_id, event, body, {EVENT_ID_HEADER: event_id})


def _shown(event: str, name: str, entities: dict[str, Entity]) -> Entity:
    """The entity as webhooks show it, which is not always as the API does."""
    shown = copy.deepcopy(entities[name])
    if name == "payment" and event in LIES:
        shown["captured"] = True
    if name == "payment_link":
        shown.pop("payments", None)
        shown |= {"order_id": entities["order"]["id"]} if "order" in entities else {}
    if name == "order" and "payment_link" in entities:
        shown["id"] = shown["id"].removeprefix("order_")  # as live ones have it
    return shown
