"""Sending one push, and what FCM's answer means for the device it was meant for.

Only three answers say that the *device* is gone. A payload fault or a missing right is ours and
must never take devices away: one oversized message would otherwise silence every phone.
"""

from typing import Any

import structlog
from firebase_admin import exceptions, messaging
from google.auth import exceptions as auth_exceptions

from core.outbound.answer import retry_after_seconds
from notifications.channels.outcome import Ending, Outcome
from notifications.channels.push.firebase import firebase_app, is_set_up
from notifications.enums import DeactivatedReason

logger = structlog.get_logger(__name__)

PROVIDER = "fcm"
FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
NOT_A_TOKEN = "not a valid fcm registration token"  # noqa: S105  - FCM's words
QUOTA_SECONDS = 60.0  # when FCM names no time
CONFIGURATION_SECONDS = 600.0

push_is_set_up = is_set_up


def push(message: messaging.Message) -> Outcome:
    """Send; the outcome is about this device and this message. Never raises for an answer."""
    try:
        sent_id = messaging.send(message, app=firebase_app())
    except exceptions.FirebaseError as error:
        outcome = outcome_of(error)
    except auth_exceptions.RefreshError as error:
        outcome = _our_fault(f"FIREBASE_CREDENTIALS are refused: {error}")
    except auth_exceptions.GoogleAuthError as error:
        told = f"Google's login was not reached: {error}"
        outcome = Outcome(Ending.LATER, told, PROVIDER, unreachable=True)
    except ValueError as error:
        outcome = Outcome(Ending.REFUSED, f"The message cannot be sent: {error}", PROVIDER)
    else:
        return Outcome(Ending.SENT, provider=PROVIDER, message_id=sent_id)
    logger.warning("push.not_sent", ending=outcome.ending.value, reason=outcome.reason)
    return outcome


def outcome_of(error: exceptions.FirebaseError) -> Outcome:
    """FCM's error as an outcome. Source: firebase.google.com/docs/cloud-messaging/error-codes."""
    if isinstance(error, messaging.UnregisteredError):
        return _gone(DeactivatedReason.UNREGISTERED, error)
    if isinstance(error, messaging.SenderIdMismatchError):
        return _gone(DeactivatedReason.WRONG_PROJECT, error)
    if isinstance(error, exceptions.InvalidArgumentError):
        if _names_the_token(error):
            return _gone(DeactivatedReason.INVALID_TOKEN, error)
        return Outcome(
            Ending.REFUSED, f"FCM refuses the message: {error}", PROVIDER, our_fault=True
        )
    if isinstance(error, messaging.QuotaExceededError | exceptions.ResourceExhaustedError):
        asked = _retry_after(error)
        return _later(error, QUOTA_SECONDS if asked is None else asked, unreachable=False)
    if isinstance(
        error,
        messaging.ThirdPartyAuthError
        | exceptions.PermissionDeniedError
        | exceptions.UnauthenticatedError,
    ):
        return _our_fault(f"FCM refuses our credentials: {error}")
    if isinstance(error, exceptions.NotFoundError):
        return _our_fault(f"FCM does not know the project: {error}")
    if isinstance(error, exceptions.DeadlineExceededError):
        told = f"FCM's answer was lost: {error}"
        return Outcome(Ending.UNCERTAIN, told, PROVIDER, unreachable=True)
    return _later(error, _retry_after(error), unreachable=True)


def _gone(reason: DeactivatedReason, error: exceptions.FirebaseError) -> Outcome:
    return Outcome(Ending.REFUSED, f"{reason.label} ({error}).", PROVIDER, deactivate=reason)


def _later(error: exceptions.FirebaseError, after: float | None, *, unreachable: bool) -> Outcome:
    told = f"FCM asks for patience: {error}"
    return Outcome(Ending.LATER, told, PROVIDER, after=after, unreachable=unreachable)


def _our_fault(reason: str) -> Outcome:
    return Outcome(Ending.LATER, reason, PROVIDER, after=CONFIGURATION_SECONDS, our_fault=True)


def _names_the_token(error: exceptions.FirebaseError) -> bool:
    """Whether a 400 is about the token itself: FCM's own code and words, no field violations."""
    details = _details(error)
    codes = {entry.get("errorCode") for entry in details if entry.get("@type") == FCM_ERROR}
    violations = any("fieldViolations" in entry for entry in details)
    return "INVALID_ARGUMENT" in codes and not violations and NOT_A_TOKEN in str(error).lower()


def _details(error: exceptions.FirebaseError) -> list[dict[str, Any]]:
    if error.http_response is None:
        return []
    try:
        body = error.http_response.json()
        found = body["error"].get("details", [])
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
    return [entry for entry in found if isinstance(entry, dict)]


def _retry_after(error: exceptions.FirebaseError) -> float | None:
    if error.http_response is None:
        return None
    return retry_after_seconds(error.http_response.headers.get("Retry-After", ""))
