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


BY_PREFIX: dict[str, Callable[[], PushRefused]] = {
    "dead-": lambda: PushRefused(404, "Requested entity was not found.", code="UNREGISTERED"),
    "bad-": lambda: PushRefused(
        400,
        "The registration token is not a valid FCM registration token",
        code="INVALID_ARGUMENT",
    ),
    "quota-": lambda: PushRefused(
        429,
        "Sending limit exceeded for the message target.",
        code="QUOTA_EXCEEDED",
        retry_after=RETRY_AFTER_SECONDS,
    ),
    "down-": lambda: PushRefused(503, "The service is unavailable.", code="UNAVAILABLE"),
    "wrong-": lambda: PushRefused(
        403, "The sender ID does not match the token.", code="SENDER_ID_MISMATCH"
    ),
}
"""How a device's token decides what happens to its messages; all others are fine."""


def refusal_for(target: str) -> PushRefused | None:
    """The fate written into a token, or None."""
    for prefix, make in BY_PREFIX.items():
        if target.startswith(prefix):
            return make()
    return None
