"""Svix signatures, which Resend's webhooks carry, against every secret of ours.

`svix-signature: v1,<base64>[ v1,<base64>]`: HMAC-SHA256 over "<svix-id>.<svix-timestamp>.<body>".
Source: docs.svix.com/receiving/verifying-payloads/how-manual.
"""

import base64
import binascii
import hmac
import time

from core.intake import Headers, SignatureRefused

TOLERANCE_SECONDS = 300
MOST_SIGNATURES = 16


def check_svix(headers: Headers, body: bytes, secrets: list[str]) -> None:
    """Raises SignatureRefused unless one secret signed this id, time and body, not long ago."""
    stamp, given = headers.get("svix-timestamp"), headers.get("svix-signature")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        raise SignatureRefused("no timestamp")
    if abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:
        raise SignatureRefused("the timestamp is too far from now")
    signed = f"{headers.get('svix-id')}.{stamp}.".encode("utf-8", "replace") + body
    signatures = [
        one.removeprefix("v1,").encode("utf-8", "replace")
        for one in given.split(" ", MOST_SIGNATURES)
        if one.startswith("v1,")
    ]
    for secret in secrets:
        expected = base64.b64encode(hmac.digest(_key(secret), signed, "sha256"))
        if any(hmac.compare_digest(expected, one) for one in signatures):
            return
    raise SignatureRefused("no secret of ours fits" if secrets else "no secret is configured")


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise SignatureRefused("RESEND_SIGNING_SECRET is not base64") from None
