"""Paystack's webhooks: {event, data}, signed with the API key; no id, no time."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
from typing import Any

from rehearsal.outbox import Outbox, Pauses
from rehearsal.paystack.book import code

PAUSES: Pauses = (3 * 60,) * 4 + (3_600,) * 72
"""As in live mode: every three minutes four times, then hourly for three days."""


def sign(body: bytes, secret: str, timestamp: int, message_id: str) -> dict[str, str]:
    """`x-paystack-signature`: hex HMAC-SHA512 of the raw body. The time is no part of it."""
    digest = hmac.new(secret.encode(), body, hashlib.sha512).hexdigest()
    return {"x-paystack-signature": digest, "user-agent": "Paystack/2.0"}


class Events:
    """Hands news to the outbox. The outbox' own message ids are never sent along."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    def emit(self, event: str, data: Any) -> dict[str, Any]:
        """Send what happened; returns the envelope."""
        envelope = {"event": event, "data": copy.deepcopy(data)}
        if self.outbox.endpoint.url and self.outbox.endpoint.wants(event):
            body = json.dumps(envelope, separators=(",", ":")).encode()
            self.outbox.send(code("msg_"), event, body)
        return envelope
