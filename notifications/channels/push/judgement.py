"""What FCM's answer means: for the message or membership, and for the device it was about.

Only three answers say that the *device* is gone. A payload fault or a missing right is ours and
must never take devices away: one oversized message would otherwise silence every phone. Pushes and
topics are judged here alike; the SDK tells the ones as exceptions, the others as codes.
Source: firebase.google.com/docs/cloud-messaging/error-codes.
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from firebase_admin import exceptions, messaging
from google.auth import exceptions as auth_exceptions
from requests import RequestException

from core.outbound.answer import retry_after_seconds
from notifications.channels.connected import never_connected
from notifications.channels.outcome import Ending, Outcome
from notifications.enums import DeactivatedReason

PROVIDER = "fcm"
FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
MALFORMED_WORDS = "not a valid fcm registration token"  # as FCM says it of the token itself
QUOTA_SECONDS = 60.0  # when FCM names no time
CONFIGURATION_SECONDS = 600.0

ANSWERS = (exceptions.FirebaseError, auth_exceptions.GoogleAuthError, ImproperlyConfigured)
"""What the SDK raises, or hands back, for an answer; and our own word for credentials that cannot
even be shown to FCM."""

MALFORMED = "INVALID_TOKEN"  # our own word for a 400 that is about the token
LOST = "UNKNOWN_ERROR"  # the SDK's word for no answer at all about a membership
GONE = {
    "UNREGISTERED": DeactivatedReason.UNREGISTERED,
    "SENDER_ID_MISMATCH": DeactivatedReason.WRONG_PROJECT,
    MALFORMED: DeactivatedReason.INVALID_TOKEN,
}
QUOTA = {"QUOTA_EXCEEDED", "RESOURCE_EXHAUSTED"}
REFUSES_US = {
    "PERMISSION_DENIED", "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", "APNS_AUTH_ERROR",
}  # fmt: skip
CODES: tuple[tuple[type[exceptions.FirebaseError], str], ...] = (
    (messaging.UnregisteredError, "UNREGISTERED"),
    (messaging.SenderIdMismatchError, "SENDER_ID_MISMATCH"),
)
"""Errors whose `code` says less than their class: FCM's own codes are finer than Google's."""


def judged_error(error: Exception) -> Outcome:
    """The outcome of a call that ended in one of ANSWERS."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, auth_exceptions.GoogleAuthError):  # wrapped where topics change
        error = cause
    if isinstance(error, ImproperlyConfigured):
        return _our_fault(str(error))
    if isinstance(error, auth_exceptions.RefreshError):
        return _our_fault(f"FIREBASE_CREDENTIALS are refused: {error}")
    if not isinstance(error, exceptions.FirebaseError):
        told = f"Google's login was not reached: {error}"
        return Outcome(Ending.LATER, told, PROVIDER, unreachable=True)
    if isinstance(cause, RequestException) and error.http_response is None:
        return judged("UNAVAILABLE" if never_connected(cause) else LOST, str(error))
    return judged(_code_of(error), str(error), after=_retry_after(error))


def judged(code: str, told: str, *, after: float | None = None) -> Outcome:
    """The outcome that FCM's error code stands for; `told` are its words."""
    if code in GONE:
        reason = GONE[code]
        return Outcome(Ending.REFUSED, f"{reason.label} ({told}).", PROVIDER, deactivate=reason)
    if code == "INVALID_ARGUMENT":
        return Outcome(Ending.REFUSED, f"FCM refuses the message: {told}", PROVIDER, our_fault=True)
    if code in QUOTA:
        return _later(told, QUOTA_SECONDS if after is None else after, unreachable=False)
    if code in REFUSES_US:
        return _our_fault(f"FCM refuses our credentials: {told}")
    if code == "NOT_FOUND":
        return _our_fault(f"FCM does not know the project: {told}")
    if code in {"DEADLINE_EXCEEDED", LOST}:
        lost = f"FCM's answer was lost: {told}"
        return Outcome(Ending.UNCERTAIN, lost, PROVIDER, unreachable=True)
    return _later(told, after, unreachable=True)


def _later(told: str, after: float | None, *, unreachable: bool) -> Outcome:
    reason = f"FCM asks for patience: {told}"
    return Outcome(Ending.LATER, reason, PROVIDER, after=after, unreachable=unreachable)


def _our_fault(reason: str) -> Outcome:
    return Outcome(Ending.LATER, reason, PROVIDER, after=CONFIGURATION_SECONDS, our_fault=True)


def _code_of(error: exceptions.FirebaseError) -> str:
    for kind, code in CODES:
        if isinstance(error, kind):
            return code
    if isinstance(error, exceptions.InvalidArgumentError) and _names_the_token(error):
        return MALFORMED
    return str(error.code)


def _names_the_token(error: exceptions.FirebaseError) -> bool:
    """Whether a 400 is about the token itself: FCM's own code and words, no field violations."""
    details = _details(error)
    codes = {entry.get("errorCode") for entry in details if entry.get("@type") == FCM_ERROR}
    violations = any("fieldViolations" in entry for entry in details)
    return "INVALID_ARGUMENT" in codes and not violations and MALFORMED_WORDS in str(error).lower()


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
