"""Refusals in the words and shape of the FCM HTTP v1 API.

Source: firebase.google.com/docs/cloud-messaging/error-codes
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
RETRY_AFTER_SECONDS = 30

STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class PushRefused(Exception):
    """An error answer: HTTP status, FCM's own code (or "") and the JSON body."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str = "",
        field: str = "",
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.field = field
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        """As Google writes it."""
        details: list[dict[str, Any]] = []
        if self.code:
            details.append({"@type": FCM_ERROR, "errorCode": self.code})
        if self.field:
            violation = {"field": self.field, "description": self.message}
            details.append({"@type": BAD_REQUEST, "fieldViolations": [violation]})
        error: dict[str, Any] = {
            "code": self.status,
            "message": self.message,
            "status": STATUS_NAMES.get(self.status, "UNKNOWN"),
        }
        if details:
            error["details"] = details
        return {"error": error}


NOT_A_TOKEN = "The registration token is not a valid FCM registration token"

BY_NAME: dict[str, Callable[[], PushRefused]] = {
    "UNREGISTERED": lambda: PushRefused(
        404, "Requested entity was not found.", code="UNREGISTERED"
    ),
    "SENDER_ID_MISMATCH": lambda: PushRefused(
        403, "The sender ID does not match the token.", code="SENDER_ID_MISMATCH"
    ),
    "INVALID_TOKEN": lambda: PushRefused(400, NOT_A_TOKEN, code="INVALID_ARGUMENT"),
    "BAD_PAYLOAD": lambda: PushRefused(
        400,
        "Invalid value at 'message.data[0].value' (TYPE_STRING), 12345",
        field="message.data[0].value",
    ),
    "QUOTA_EXCEEDED": lambda: PushRefused(
        429,
        "Sending limit exceeded for the message target.",
        code="QUOTA_EXCEEDED",
        retry_after=RETRY_AFTER_SECONDS,
    ),
    "QUOTA_WITHOUT_A_TIME": lambda: PushRefused(
        429, "Sending limit exceeded for the message target.", code="QUOTA_EXCEEDED"
    ),
    "UNAVAILABLE": lambda: PushRefused(503, "The service is unavailable.", code="UNAVAILABLE"),
    "INTERNAL": lambda: PushRefused(500, "Internal error encountered.", code="INTERNAL"),
    "THIRD_PARTY_AUTH_ERROR": lambda: PushRefused(
        401,
        "Auth error from APNS or Web Push Service",
        code="THIRD_PARTY_AUTH_ERROR",
    ),
}
"""Every refusal by a name that a `status` fault may carry as its `code`."""

BY_PREFIX = {
    "dead-": "UNREGISTERED",
    "wrong-": "SENDER_ID_MISMATCH",
    "bad-": "INVALID_TOKEN",
    "payload-": "BAD_PAYLOAD",
    "quota-": "QUOTA_EXCEEDED",
    "quotaless-": "QUOTA_WITHOUT_A_TIME",
    "down-": "UNAVAILABLE",
    "internal-": "INTERNAL",
    "apns-": "THIRD_PARTY_AUTH_ERROR",
}
"""How a device's token decides what happens to its messages; all others are fine."""

WIRE_BY_PREFIX = {"hang-": "hang", "lost-": "lost_answer"}
"""Tokens whose calls end without an answer: before the work, or after it."""


def refusal_for(target: str) -> PushRefused | None:
    """The fate written into a token, or None."""
    for prefix, name in BY_PREFIX.items():
        if target.startswith(prefix):
            return BY_NAME[name]()
    return None


def wire_fate(target: str) -> str:
    """ "hang" or "lost_answer" for a token that says so, else ""."""
    return next((fate for prefix, fate in WIRE_BY_PREFIX.items() if target.startswith(prefix)), "")
