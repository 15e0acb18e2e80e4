"""Handing one mail over, and saying how that went."""

import contextlib
import smtplib
from collections.abc import Mapping

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from requests import exceptions as requests_exceptions

from core.outbound.answer import retry_after_seconds
from notifications.channels.connected import never_connected
from notifications.channels.email.bounces import gone_for_good
from notifications.channels.email.smtp import AnswerLost
from notifications.channels.outcome import Ending, Outcome

KEYED_BACKEND = "notifications.channels.email.resend."
AUTHENTICATION = {530, 534, 535, 538}  # SMTP: our login is wrong, not the mail


def hand_over(message: EmailMultiAlternatives) -> Outcome:
    """Send through EMAIL_BACKEND: SMTP or a provider's API. Never raises for a failed sending."""
    try:
        backend = get_connection()
    except ImproperlyConfigured as wrong:
        told = f"The settings for mail cannot be used: {wrong}"
        return Outcome(Ending.LATER, " ".join(told.split()), our_fault=True)
    provider = provider_of(type(backend).__module__)
    try:
        backend.send_messages([message])
    except AnswerLost as lost:
        told = f"The answer was lost ({lost})."
        return Outcome(Ending.UNCERTAIN, told, provider, unreachable=True)
    except smtplib.SMTPRecipientsRefused as refused:
        return _judged(*next(iter(refused.recipients.values())), provider)
    except smtplib.SMTPConnectError as refused:
        told = f"The mail server greets with {refused.smtp_code}."
        return Outcome(Ending.LATER, told, provider, unreachable=True)
    except smtplib.SMTPResponseException as refused:
        return _judged(refused.smtp_code, refused.smtp_error, provider)
    except AnymailRecipientsRefused as refused:
        return Outcome(Ending.REFUSED, f"{provider} refuses the address: {refused}", provider)
    except AnymailAPIError as failed:
        return _api_failure(failed, provider)
    except AnymailError as wrong:  # found out before anything is sent
        told = f"{provider} cannot be asked: {wrong}"
        return Outcome(Ending.LATER, " ".join(told.split()), provider, our_fault=True)
    except (smtplib.SMTPException, OSError) as failed:
        told = f"Not reached: {failed or type(failed).__name__}"
        return Outcome(Ending.LATER, told, provider, unreachable=True)
    status = getattr(message, "anymail_status", None)
    sent_id = getattr(status, "message_id", None) or message.extra_headers["Message-ID"]
    return Outcome(Ending.SENT, provider=provider, message_id=str(sent_id))


def provider_of(module: str) -> str:
    """smtp, resend, sendgrid ... from the backend's module."""
    return module.rpartition(".")[2]


def _judged(code: int, text: bytes | str, provider: str) -> Outcome:
    """An SMTP answer: 5xx is for good, 4xx is for now (RFC 5321 4.2.1)."""
    told = text.decode(errors="replace") if isinstance(text, bytes) else text
    reason = f"The mail server said {code} {told}".strip()
    if code in AUTHENTICATION:
        return Outcome(Ending.LATER, reason, provider, our_fault=True)
    if code < 500:
        return Outcome(Ending.LATER, reason, provider)
    return Outcome(Ending.REFUSED, reason, provider, address_gone=bool(gone_for_good(told)))


def takes_keys() -> bool:
    """Whether the provider takes an idempotency key: the same mail twice is one mail then."""
    return settings.EMAIL_BACKEND.startswith(KEYED_BACKEND)


def _api_failure(failed: AnymailAPIError, provider: str) -> Outcome:
    """A provider's API: 429 and 5xx are for now, a lost answer is uncertain, the rest for good."""
    status = getattr(failed, "status_code", None)
    if status is None:
        return _without_answer(failed, provider)
    reason = f"{provider} answered {status}"
    if status < 300:
        return Outcome(Ending.UNCERTAIN, f"{provider}'s answer cannot be read.", provider)
    if status == 429 or status >= 500:
        asked = _answer(failed).get("Retry-After", "")
        after = retry_after_seconds(asked)
        return Outcome(Ending.LATER, reason, provider, after=after, unreachable=status != 429)
    if status in {401, 403}:
        return Outcome(Ending.LATER, reason, provider, our_fault=True)
    if status == 409:
        return _known_key(failed, provider)
    return Outcome(Ending.REFUSED, reason, provider)


def _without_answer(failed: AnymailAPIError, provider: str) -> Outcome:
    """Never connected: not sent. Connected and then silence: perhaps."""
    cause = failed.__cause__ or failed
    if never_connected(cause):
        return Outcome(Ending.LATER, f"{provider} was not reached", provider, unreachable=True)
    told = f"{provider} did not answer in time."
    if not isinstance(cause, requests_exceptions.ReadTimeout):
        told = f"{provider}'s answer was lost."
    return Outcome(Ending.UNCERTAIN, told, provider, unreachable=True)


def _known_key(failed: AnymailAPIError, provider: str) -> Outcome:
    """Resend knows the key from a mail with other words (a new link in it): that one was taken."""
    name = ""
    with contextlib.suppress(ValueError, AttributeError, TypeError):
        name = failed.response.json().get("name", "")
    if name == "invalid_idempotent_request":
        return Outcome(Ending.SENT, "An earlier try was taken.", provider)
    if name == "concurrent_idempotent_requests":
        return Outcome(Ending.LATER, f"{provider} is still at an earlier try.", provider)
    return Outcome(Ending.REFUSED, f"{provider} answered 409", provider)


def _answer(failed: AnymailAPIError) -> Mapping[str, str]:
    """The answer's headers."""
    answered = getattr(failed, "response", None)
    return answered.headers if answered is not None else {}
