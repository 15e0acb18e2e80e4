"""Stripe's events: the envelope, the signature and what is sent where."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

from rehearsal.outbox import Outbox
from rehearsal.stripe.behaviour import behaviour_of
from rehearsal.stripe.book import API_VERSION, Book, StripeObject, blank, new_id

SUBSCRIBED = (
    "checkout.session.*",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "charge.succeeded",
    "charge.refunded",
    "charge.dispute.*",
    "refund.*",
    "customer.*",
    "customer.subscription.*",
    "invoice.*",
)
"""What the rehearsal's webhook endpoint is subscribed to unless told otherwise."""


def sign(body: bytes, secret: str, timestamp: int, message_id: str) -> dict[str, str]:
    """The `Stripe-Signature` header: HMAC-SHA256 over "<timestamp>.<body>"."""
    signed = str(timestamp).encode() + b"." + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return {
        "stripe-signature": f"t={timestamp},v1={digest}",
        "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }


def as_sent(event: StripeObject) -> bytes:
    """The exact bytes that are signed and posted; Stripe sends indented JSON."""
    return json.dumps(event, indent=2).encode()


FOLDERS = {"checkout.session": "checkout/sessions"}
"""Where objects live under /v1, if not at their own name and an s."""


def thin_of(event: StripeObject, *, linked: bool) -> StripeObject:
    """The thin form of an event: what it is about, nothing of how it stands.

    `linked`: the snapshot is sent as well, and named here.
    """
    about = event["data"]["object"]
    folder = FOLDERS.get(about["object"], f"{about['object']}s")
    thin = {
        "id": new_id("event"),
        "object": "v2.core.event",
        "type": f"v1.{event['type']}",
        "created": datetime.fromtimestamp(event["created"], UTC).isoformat().replace("+00:00", "Z"),
        "livemode": False,
        "context": None,
        "reason": None,
        "related_object": {
            "id": about["id"],
            "type": about["object"],
            "url": f"/v1/{folder}/{about['id']}",
        },
    }
    return {**thin, "snapshot_event": event["id"]} if linked else thin


class Cause(NamedTuple):
    """The API request that made something happen, as events name it."""

    request_id: str | None = None
    idempotency_key: str | None = None


NO_REQUEST = Cause()
"""A customer did it on the page, or time did."""


class Events:
    """Makes events from happenings and hands them to the outbox."""

    def __init__(self, book: Book, outbox: Outbox) -> None:
        self.book = book
        self.outbox = outbox

    def emit(
        self,
        event_type: str,
        changed: StripeObject,
        *,
        previous: dict[str, Any] | None = None,
        cause: Cause = NO_REQUEST,
        force: bool = False,
        event_id: str | None = None,
    ) -> StripeObject:
        """Record the event and send it if subscribed (`force`: in any case)."""
        data: dict[str, Any] = {"object": copy.deepcopy(changed)}
        if previous is not None:
            data["previous_attributes"] = previous
        wanted = bool(self.outbox.endpoint.url) and (
            force or self.outbox.endpoint.wants(event_type)
        )
        event = blank(
            "event",
            **({"id": event_id} if event_id else {}),
            type=event_type,
            api_version=API_VERSION,
            data=data,
            pending_webhooks=1 if wanted else 0,
            request={"id": cause.request_id, "idempotency_key": cause.idempotency_key},
        )
        self.book.save(event)
        if wanted:
            self._send(event, event_type)
        return event

    def _send(self, event: StripeObject, event_type: str) -> None:
        style = behaviour_of(self.book)["events"]
        if style != "thin":
            self.outbox.send(event["id"], event_type, as_sent(event))
        if style != "snapshot":
            thin = thin_of(event, linked=style == "both")
            self.outbox.send(thin["id"], event_type, as_sent(thin))

    def delivered(self, event_id: str) -> bool:
        """Whether the receiver has accepted this event (true too when nobody wanted it)."""
        copies = self.outbox.of_message(event_id)
        return not copies or any(copy.state == "delivered" for copy in copies)
