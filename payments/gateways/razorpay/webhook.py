"""Razorpay's webhooks: who signed them, and the few words of the envelope that the intake stores.

Signature: `X-Razorpay-Signature`, the hex HMAC-SHA256 of the raw body under the webhook's secret.
It covers no time, and retries of old events keep the old secret after a change, so every secret of
the list counts. The SDK's own check wants text and would re-encode the body: not used.

The event's id comes in a header (`x-razorpay-event-id`) that the signature does not cover. A key
taken from it could be chosen by whoever once saw a signed body: under fresh ids it would be stored
again and again, and under the id of an event still on its way it would make us drop that one as a
repetition. The key is the digest of the body, which names the account, the event, its second and
every entity: two equal bodies are the same fact. A repetition that Razorpay writes anew (a replay
asked for by hand) gets through, and the ids of payments and refunds keep it from counting twice.
"""

import hashlib
import hmac
import re
from typing import Any

import msgspec
from django.conf import settings

from core.intake import Arrival, Headers, SignatureRefused
from payments.gateways.razorpay.words import REFERENCE_KEY

KIND = re.compile(r"[a-z0-9_.]{1,100}")
UNREADABLE = "razorpay.unreadable"
KEPT = ("x-razorpay-signature", "x-razorpay-event-id", "user-agent")


class _Entity(msgspec.Struct):
    """Only what tells which payment or subscription an entity belongs to."""

    id: Any = None
    notes: Any = None
    order_id: Any = None
    subscription_id: Any = None


class _Part(msgspec.Struct):
    entity: _Entity


class _Envelope(msgspec.Struct):
    event: str
    payload: dict[str, _Part]


_decode = msgspec.json.Decoder(_Envelope).decode


class RazorpayWebhook:
    """Verifies Razorpay's webhooks against every secret in RAZORPAY_WEBHOOK_SECRET."""

    def verify(self, headers: Headers, body: bytes) -> Arrival:
        """The arrival, when one of our secrets signed it. Raises SignatureRefused.

        Signed bytes that are no event are kept as "razorpay.unreadable".
        """
        signature = headers.get("x-razorpay-signature")
        check_signature(signature, body, settings.RAZORPAY_WEBHOOK_SECRETS)
        return read_envelope(body, {name: headers.get(name) for name in KEPT})


def check_signature(signature: str, body: bytes, secrets: list[str]) -> None:
    """Raises SignatureRefused unless one of the secrets made it."""
    if not signature:
        raise SignatureRefused("no signature")
    given = signature.encode("utf-8", "replace")
    for secret in secrets:
        expected = hmac.digest(secret.encode(), body, hashlib.sha256).hex().encode()
        if hmac.compare_digest(expected, given):
            return
    raise SignatureRefused("no secret of ours fits" if secrets else "no secret is configured")


def read_envelope(body: bytes, headers: dict[str, str]) -> Arrival:
    """Key, type and subject of a verified body."""
    key = "sha256:" + hashlib.sha256(body).hexdigest()
    try:
        event = _decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        event = None
    if event is None or not KIND.fullmatch(event.event):
        return Arrival(key, UNREADABLE, "", headers)
    entities = {name: part.entity for name, part in event.payload.items()}
    return Arrival(key, f"razorpay.{event.event}", f"razorpay:{_about(entities, key)}", headers)


def _about(entities: dict[str, _Entity], key: str) -> str:
    """What concerns one thing is worked off in order: one payment of ours, one subscription.

    Our reference where an entity carries it, else the subscription, else the order, else the first
    entity.
    """
    for one in entities.values():
        reference = one.notes.get(REFERENCE_KEY) if isinstance(one.notes, dict) else None
        if isinstance(reference, str) and reference:
            return reference
    told = entities.values()
    subscriptions = [entities[name].id for name in ("subscription",) if name in entities]
    subscriptions += [one.subscription_id for one in told]
    named = [*subscriptions, *(one.order_id for one in told), *(one.id for one in told), key]
    return next(name for name in named if isinstance(name, str) and name)
