"""Resend's webhooks: the envelope, and the signature of Svix who sends them.

Source: docs.svix.com/receiving/verifying-payloads/how-manual, resend.com/docs/webhooks.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from rehearsal.outbox import Outbox, Pauses
from rehearsal.resend.letter import Letter, moment

PAUSES: Pauses = (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
"""Svix' schedule of tries."""

BOUNCES = {
    "bounced": {
        "type": "Permanent",
        "subType": "General",
        "message": "The recipient's email provider sent a hard bounce message, but didn't specify "
        "the reason for the hard bounce.",
    },
    "soft_bounced": {
        "type": "Transient",
        "subType": "MailboxFull",
        "message": "The recipient's email provider sent a bounce message because the recipient's "
        "inbox was full.",
    },
}
TYPES = {
    "sent": "email.sent",
    "delivered": "email.delivered",
    "delayed": "email.delivery_delayed",
    "bounced": "email.bounced",
    "soft_bounced": "email.bounced",
    "complained": "email.complained",
    "failed": "email.failed",
    "opened": "email.opened",
    "clicked": "email.clicked",
}
BROWSER = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"


def sign(body: bytes, secret: str, timestamp: int, message_id: str) -> dict[str, str]:
    """The three svix headers: base64 HMAC-SHA256 over "<id>.<time>.<body>"."""
    key = base64.b64decode(secret.removeprefix("whsec_") + "===")
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "svix-id": message_id,
        "svix-timestamp": str(timestamp),
        "svix-signature": f"v1,{digest}",
        "user-agent": "Svix-Webhooks/1.24.0",
    }


class News:
    """Makes events of what becomes of letters and hands them to the outbox."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    def tell(self, letter: Letter, what: str, link: str = "") -> dict[str, Any]:
        """`what` is a key of TYPES; `link` of a click. Returns the envelope."""
        now = moment(time.time())
        data: dict[str, Any] = {
            "broadcast_id": None,
            "created_at": moment(letter.created),
            "email_id": letter.id,
            "from": letter.payload["from"],
            "headers": letter.headers,
            "subject": letter.payload["subject"],
            "to": letter.payload["to"],
        }
        if what in BOUNCES:
            data["bounce"] = BOUNCES[what]
        if what == "failed":
            data["failed"] = {"reason": "reached_daily_quota"}
        if what == "clicked":
            data["click"] = {
                "ipAddress": "198.51.100.7",
                "link": link,
                "timestamp": now,
                "userAgent": BROWSER,
            }
        letter.news.append(TYPES[what])
        envelope = {"created_at": now, "data": data, "type": TYPES[what]}
        if self.outbox.endpoint.wants(TYPES[what]):
            body = json.dumps(envelope, separators=(",", ":")).encode()
            self.outbox.send(f"msg_{secrets.token_hex(12)}", TYPES[what], body)
        return envelope
