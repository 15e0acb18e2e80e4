"""The mail provider's webhooks: who sent them, and the few words that the intake stores.

One address for every provider, /webhooks/mail/. What is told of one mail shares a subject, so it
is worked off in order; providers that send many at once (SendGrid) are read one by one later.
"""

import hashlib
import re
from typing import Any

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core.intake import Arrival, Headers, SignatureRefused
from notifications.channels.email.svix import check_svix
from notifications.channels.email.trackers import (
    asks_to_confirm,
    events_in,
    proves_itself,
    request_of,
    tracker_of,
)

SOURCE = "mail"
KEPT = ("svix-id", "svix-timestamp", "user-agent", "x-amz-sns-message-type", "x-amz-sns-message-id")
KIND = re.compile(r"[a-z_]{1,40}")
UNREADABLE = "mail.unreadable"
SUBSCRIPTION = "mail.subscription_asked"


class MailWebhook:
    """Verifies what comes from the provider named by EMAIL_BACKEND_ESP."""

    def verify(self, headers: Headers, body: bytes) -> Arrival:
        """The arrival, when the provider's signature or password fits. Raises SignatureRefused.

        Believed bytes that make no sense are kept as "mail.unreadable".
        """
        provider = settings.EMAIL_PROVIDER
        if not provider:
            raise SignatureRefused("mail goes out by SMTP: nobody tells anything")
        given = headers.as_wsgi()
        _check(provider, headers, given, body)
        kept = {name: headers.get(name) for name in KEPT if headers.get(name)}
        kept |= {"provider": provider, "content-type": str(given.get("CONTENT_TYPE", ""))}
        return _read(provider, given, body, kept)


def _check(provider: str, headers: Headers, given: dict[str, Any], body: bytes) -> None:
    if provider == "resend":
        check_svix(headers, body, settings.RESEND_SIGNING_SECRETS)
        return
    if not proves_itself(provider):
        raise SignatureRefused("no secret is configured")
    try:
        tracker = tracker_of(provider)
        tracker.run_validators(request_of(given, body))
    except LookupError as nobody:
        raise SignatureRefused(str(nobody)) from None
    except AnymailWebhookValidationFailure:
        raise SignatureRefused("no secret of ours fits") from None
    except (AnymailError, ImproperlyConfigured):
        raise SignatureRefused(f"{provider} is not set up for webhooks") from None
    except Exception as strange:
        # validators read a stranger's body: whatever it does to them proves nothing
        raise SignatureRefused("the signature cannot be read") from strange


def _read(provider: str, given: dict[str, Any], body: bytes, kept: dict[str, str]) -> Arrival:
    key = kept.get("svix-id") or "sha256:" + hashlib.sha256(body).hexdigest()
    if asks_to_confirm(provider, given):
        return Arrival(key, SUBSCRIPTION, "", kept)
    try:
        events = events_in(provider, given, body)
    except Exception:  # the bytes are the provider's own; staff can look at them
        return Arrival(key, UNREADABLE, "", kept)
    if len(events) != 1:
        return Arrival(key, "mail.several", "", kept)
    (event,) = events
    kind = event.event_type if KIND.fullmatch(str(event.event_type)) else "unknown"
    about = (event.metadata or {}).get("delivery") or event.message_id
    return Arrival(
        str(event.event_id or key), f"mail.{kind}", f"mail:{about}" if about else "", kept
    )
