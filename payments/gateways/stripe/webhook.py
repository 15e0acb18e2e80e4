"""Stripe's webhooks: who signed them, and the few words of the envelope that the intake stores.

Signature: `Stripe-Signature: t=<unix>,v1=<hex>[,v1=...]`, HMAC-SHA256 over "<t>.<raw body>".
The SDK refuses old timestamps only; one from the future would be good for ever, so we refuse
those as well. Source: docs.stripe.com/webhooks/signature and stripe/_webhook.py.
"""

import hashlib
import hmac
import re
import time
from typing import Any

import msgspec
from django.conf import settings

from core.intake import Arrival, Headers, SignatureRefused
from payments.gateways.stripe.words import ATTEMPT_KEY, REFERENCE_KEY, REFUND_KEY

TOLERANCE_SECONDS = 300
MOST_SIGNATURES = 16
THIN = "v2.core.event"
KIND = re.compile(r"[a-z0-9_.]{1,100}")
UNREADABLE = "stripe.unreadable"


class _Object(msgspec.Struct):
    """The object a snapshot event is about: only what tells which payment it belongs to."""

    id: str = ""
    metadata: dict[str, Any] | None = None
    client_reference_id: str | None = None
    payment_intent: str | dict[str, Any] | None = None


class _Data(msgspec.Struct):
    object: _Object


class _Related(msgspec.Struct):
    id: str


class _Envelope(msgspec.Struct):
    id: str
    type: str
    object: str = "event"
    data: _Data | None = None
    related_object: _Related | None = None
    snapshot_event: str | None = None


_decode = msgspec.json.Decoder(_Envelope).decode


class StripeWebhook:
    """Verifies Stripe's webhooks against every secret in STRIPE_WEBHOOK_SECRET."""

    def verify(self, headers: Headers, body: bytes) -> Arrival:
        """The arrival, when one of our secrets signed it within the tolerance.

        Raises SignatureRefused. Signed bytes that are no event are kept as "stripe.unreadable":
        Stripe meant to tell us something.
        """
        header = headers.get("stripe-signature")
        check_signature(header, body, settings.STRIPE_WEBHOOK_SECRETS, now=time.time())
        kept = {"stripe-signature": header, "user-agent": headers.get("user-agent")}
        return read_envelope(body, kept)


def check_signature(header: str, body: bytes, secrets: list[str], *, now: float) -> None:
    """Raises SignatureRefused unless one secret made one of the signatures, not long ago."""
    timestamp, signatures = _parts(header)
    if not signatures:
        raise SignatureRefused("no v1 signature")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise SignatureRefused("the timestamp is too far from now")
    signed = timestamp.encode() + b"." + body
    for secret in secrets:
        expected = hmac.digest(secret.encode(), signed, hashlib.sha256).hex().encode()
        for given in signatures:
            if hmac.compare_digest(expected, given):
                return
    raise SignatureRefused("no secret of ours fits" if secrets else "no secret is configured")


def _parts(header: str) -> tuple[str, list[bytes]]:
    """(timestamp, v1 signatures) of the header; other schemes are passed over."""
    timestamp, signatures = "", []
    for part in header.split(",", MOST_SIGNATURES):
        name, _, value = part.strip().partition("=")
        if name == "t":
            timestamp = value
        elif name == "v1":
            signatures.append(value.encode("utf-8", "replace"))
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        raise SignatureRefused("no timestamp")
    return timestamp, signatures


def read_envelope(body: bytes, headers: dict[str, str]) -> Arrival:
    """Key, type and subject of a verified body, snapshot or thin."""
    try:
        event = _decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        event = None
    if event is None or not event.id or not KIND.fullmatch(event.type):
        key = "sha256:" + hashlib.sha256(body).hexdigest()
        return Arrival(key, UNREADABLE, "", headers)
    if event.object == THIN:
        target = event.related_object.id if event.related_object else event.id
        # while an account sends both kinds, the snapshot's id is the link between them
        key, subject = event.snapshot_event or event.id, f"stripe:{target}"
    else:
        key, subject = event.id, _subject(event)
    return Arrival(key, "stripe." + event.type.removeprefix("v1."), subject, headers)


def _subject(event: _Envelope) -> str:
    """One payment's events share a subject, so that they are worked off in order.

    Our reference where the object carries it (session, intent, charge, a refund we asked for);
    else the intent (disputes, refunds made at Stripe), else the object itself.
    """
    about = event.data.object if event.data else _Object()
    metadata = about.metadata or {}
    ours = metadata.get(ATTEMPT_KEY) or metadata.get(REFUND_KEY)
    if ours and isinstance(metadata.get(REFERENCE_KEY), str):
        return f"stripe:{metadata[REFERENCE_KEY]}"
    intent = about.payment_intent
    if isinstance(intent, dict):
        intent = intent.get("id")
    return f"stripe:{intent or about.id or event.id}"
