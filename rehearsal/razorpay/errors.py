"""Refusals in Razorpay's own words and shape. Source: razorpay.com/docs/errors."""

from __future__ import annotations

from typing import Any

BAD_REQUEST = "BAD_REQUEST_ERROR"
SERVER_ERROR = "SERVER_ERROR"


class RazorpayRefusal(Exception):
    """An error answer: HTTP `status` and the body {"error": {...}}."""

    def __init__(
        self, description: str, *, status: int = 400, code: str = BAD_REQUEST, field: str = ""
    ) -> None:
        super().__init__(description)
        self.description = description
        self.status = status
        self.code = code
        self.field = field

    def body(self) -> dict[str, Any]:
        """The JSON of the answer; `field` only where one is to blame."""
        error: dict[str, Any] = {
            "code": self.code,
            "description": self.description,
            "source": "business",
            "step": "payment_initiation",
            "reason": "input_validation_failed",
            "metadata": {},
        }
        if self.field:
            error["field"] = self.field
        return {"error": error}


def no_such_id() -> RazorpayRefusal:
    """Razorpay says 400, not 404, for an id it does not know."""
    return RazorpayRefusal("The id provided does not exist")


def wrong_key() -> RazorpayRefusal:
    """401."""
    return RazorpayRefusal("Authentication failed", status=401)


def failure(status: int) -> RazorpayRefusal:
    """What Razorpay says when it fails itself (500..599) or is asked too often (429)."""
    if status >= 500:
        said = "We are facing some trouble completing your request at the moment."
        return RazorpayRefusal(said, status=status, code=SERVER_ERROR)
    said = "Too many requests" if status == 429 else f"The rehearsal was told to answer {status}."
    return RazorpayRefusal(said, status=status)
