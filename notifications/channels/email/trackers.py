"""django-anymail's readers of webhooks, without its views: we store first and read later.

All providers share one door, /webhooks/mail/; EMAIL_BACKEND_ESP says whose words are read there.
"""

import io
from functools import lru_cache
from importlib import import_module
from typing import Any

from anymail.signals import AnymailTrackingEvent
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest

# Which setting signs; providers that are not named here have a password in the address only.
SIGNED_BY = {
    "mailersend": "MAILERSEND_SIGNING_SECRET",
    "mailgun": "MAILGUN_API_KEY",  # where no key of its own is given
    "mailtrap": "MAILTRAP_SIGNING_SECRET",
    "mandrill": "MANDRILL_WEBHOOK_KEY",
    "postal": "POSTAL_WEBHOOK_KEY",
    "sendgrid": "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY",
    "unisender_go": "UNISENDER_GO_API_KEY",
}
SILENT = {"scaleway"}  # sends no webhooks


def proves_itself(provider: str) -> bool:
    """Whether anything would be checked at all: without a proof nothing is believed."""
    known: dict[str, Any] = settings.ANYMAIL
    return bool(known.get("WEBHOOK_SECRET") or known.get(SIGNED_BY.get(provider, "")))


def request_of(headers: dict[str, Any], body: bytes) -> HttpRequest:
    """The webhook as the request that anymail reads; `headers` under their WSGI names."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/webhooks/mail/",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
    }
    return WSGIRequest(headers | environ)


def tracker_of(provider: str, *, may_call: bool = False) -> Any:
    """anymail's view for `provider`; it calls the outside only where it `may_call`.

    Raises LookupError for one that sends no webhooks.
    """
    arguments: dict[str, Any] = {}
    if provider == "amazon_ses":
        arguments = {"auto_confirm_sns_subscriptions": may_call}
    if provider == "resend":  # its signature is checked by us (svix.py): no further library
        arguments = {"signing_secret": None, "webhook_secret": ["checked before"]}
    return _view_class(provider)(**arguments)


def events_in(provider: str, headers: dict[str, Any], body: bytes) -> list[AnymailTrackingEvent]:
    """What the webhook tells, in anymail's words. Raises whatever a strange body makes it raise."""
    return list(tracker_of(provider).parse_events(request_of(headers, body)))


def asks_to_confirm(provider: str, headers: dict[str, Any]) -> bool:
    """Whether the webhook tells of no mail, but wants its own subscription confirmed."""
    kind = headers.get("HTTP_X_AMZ_SNS_MESSAGE_TYPE")  # anymail checks it against the body
    return provider == "amazon_ses" and kind == "SubscriptionConfirmation"


def confirm_subscription(headers: dict[str, Any], body: bytes) -> None:
    """Tell Amazon that the subscription is ours: an HTTP call, never to be made in a transaction.

    Raises what boto3 raises, and what a strange body makes anymail raise.
    """
    tracker_of("amazon_ses", may_call=True).parse_events(request_of(headers, body))


@lru_cache(maxsize=8)
def _view_class(provider: str) -> type:
    if provider in SILENT:
        raise LookupError(f"{provider} sends no webhooks.")
    module = import_module(f"anymail.webhooks.{provider}")
    for name, found in vars(module).items():
        ours = getattr(found, "__module__", "") == module.__name__
        if ours and name.endswith(("TrackingWebhookView", "CombinedWebhookView")):
            # proves_itself() takes the place of anymail's warning
            return type(name, (found,), {"warn_if_no_basic_auth": False})
    raise LookupError(f"{provider} sends no webhooks.")
