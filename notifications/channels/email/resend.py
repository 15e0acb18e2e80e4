"""Resend, with its idempotency key: a mail whose answer was lost is sent again and arrives once.

Resend remembers the key for 24 hours (resend.com/docs/dashboard/emails/idempotency-keys). The
other providers behind django-anymail know no such header.
"""

from typing import Any

from anymail.backends.resend import EmailBackend as ResendBackend
from django.core.mail import EmailMessage


class EmailBackend(ResendBackend):
    """EMAIL_BACKEND for EMAIL_BACKEND_ESP=resend."""

    def build_message_payload(self, message: EmailMessage, defaults: dict[str, Any]) -> Any:
        """The request; its key is the same for every try, another where staff sends anew."""
        payload = super().build_message_payload(message, defaults)
        own = message.extra_headers["Message-ID"].strip("<>")
        payload.headers["Idempotency-Key"] = getattr(message, "idempotency_key", own)
        return payload
