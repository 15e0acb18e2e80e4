"""Paystack's webhooks: who signed them, and the few words of the envelope that the intake stores.

Signature: `x-paystack-signature`, hex HMAC-SHA512 over the raw body with the API's secret key.
There is no id and no time in it: the same body is the same event, and what repeats it later is
stopped by what it is about (interpret.py), not here. Source: Paystack's documentation of webhooks.
"""

import hashlib
import hmac
import re
from typing import Any

import msgspec
from django.conf import settings

from core.intake import Arrival, Headers, SignatureRefused
from payments.gateways.paystack.words import reference_in

KIND = re.compile(r"[a-z0-9_.-]{1,100}")
UNREADABLE = "paystack.unreadable"


class _Envelope(msgspec.Struct):
    event: str
    data: Any = None


_decode = msgspec.json.Decoder(_Envelope).decode


class PaystackWebhook:
    """Verifies Paystack's webhooks against every key in PAYSTACK_SECRET_KEY."""

    def verify(self, headers: Headers, body: bytes) -> Arrival:
        """The arrival, when one of our keys signed it. Raises SignatureRefused.

        Signed bytes that are no event are kept as "paystack.unreadable".
        """
        given = headers.get("x-paystack-signature")
        check_signature(given, body, settings.PAYSTACK_SECRET_KEYS)
        kept = {"x-paystack-signature": given, "user-agent": headers.get("user-agent")}
        return read_envelope(body, kept)


def check_signature(given: str, body: bytes, keys: list[str]) -> None:
    """Raises SignatureRefused unless one key signed the body. Keys are replaced one by one, and
    events under way keep the old one's signature for three days."""
    if not given:
        raise SignatureRefused("no signature")
    for key in keys:
        expected = hmac.digest(key.encode(), body, hashlib.sha512).hex()
        if hmac.compare_digest(expected.encode(), given.lower().encode("utf-8", "replace")):
            return
    raise SignatureRefused("no key of ours fits" if keys else "no key is configured")


def read_envelope(body: bytes, headers: dict[str, str]) -> Arrival:
    """Key, type and subject of a verified body."""
    key = "sha256:" + hashlib.sha256(body).hexdigest()
    try:
        event = _decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        event = None
    if event is None or not KIND.fullmatch(event.event):
        return Arrival(key, UNREADABLE, "", headers)
    return Arrival(key, f"paystack.{event.event}", _subject(event.data) or key, headers)


def _subject(data: Any) -> str:
    """One payment's events share a subject, so that they are worked off in order; so do one
    subscription's."""
    if not isinstance(data, dict):
        return ""
    about, of = data.get("subscription"), data.get("transaction")
    inner = of.get("reference") if isinstance(of, dict) else None
    page = data.get("reference") or data.get("transaction_reference") or inner
    code = data.get("subscription_code")
    if not code and isinstance(about, dict):
        code = about.get("subscription_code")
    name = code or (reference_in(page) or page if isinstance(page, str) else "")
    return f"paystack:{name}" if isinstance(name, str) and name else ""
