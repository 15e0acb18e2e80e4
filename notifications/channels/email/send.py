"""Handing one mail over, and saying how that went."""

import smtplib

from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.core.mail import EmailMultiAlternatives, get_connection
from requests import exceptions as requests_exceptions

from core.outbound.answer import retry_after_seconds
from notifications.channels.email.smtp import AnswerLost
from notifications.channels.outcome import Ending, Outcome

AUTHENTICATION = {530, 534, 535, 538}  # SMTP: our login is wrong, not the mail


def hand_over(message: EmailMultiAlternatives) -> Outcome:
    """Send through EMAIL_BACKEND: SMTP or a provider's API. Never raises for a failed sending."""
    backend = get_connection()
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
    return Outcome(Ending.REFUSED if code >= 500 else Ending.LATER, reason, provider)


def _api_failure(failed: AnymailAPIError, provider: str) -> Outcome:
    """A provider's API: 429 and 5xx are for now, a lost answer is uncertain, the rest for good."""
    status = getattr(failed, "status_code", None)
    reason = f"{provider} answered {status}" if status else f"{provider} was not reached"
    if isinstance(failed, requests_exceptions.ReadTimeout):
        told = f"{provider} did not answer in time."
        return Outcome(Ending.UNCERTAIN, told, provider, unreachable=True)
    if status is None or status == 429 or status >= 500:
        answered = getattr(failed, "response", None)
        asked = answered.headers.get("Retry-After", "") if answered is not None else ""
        return Outcome(
            Ending.LATER,
            reason,
            provider,
            after=retry_after_seconds(asked),
            unreachable=status != 429,
        )
    if status in {401, 403}:
        return Outcome(Ending.LATER, reason, provider, our_fault=True)
    return Outcome(Ending.REFUSED, reason, provider)
