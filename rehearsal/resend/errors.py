"""Refusals in Resend's own words and shape. Source: resend.com/docs/api-reference/errors."""

from __future__ import annotations

from typing import Any


class ResendRefusal(Exception):
    """An error answer: HTTP `status` and the body {"statusCode", "name", "message"}."""

    def __init__(
        self, status: int, name: str, message: str, *, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.name = name
        self.message = message
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        return {"statusCode": self.status, "name": self.name, "message": self.message}


NAMES = {
    401: "missing_api_key",
    403: "invalid_api_key",
    404: "not_found",
    409: "invalid_idempotent_request",
    422: "validation_error",
    429: "rate_limit_exceeded",
}


def told_to_fail(status: int, retry_after: int | None) -> ResendRefusal:
    """What a `status` fault answers."""
    name = NAMES.get(status, "internal_server_error" if status >= 500 else "validation_error")
    return ResendRefusal(status, name, "The rehearsal was told to fail.", retry_after=retry_after)
