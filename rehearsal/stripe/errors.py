"""Refusals in Stripe's own words and shape."""

from __future__ import annotations

from typing import Any


class StripeRefusal(Exception):
    """An error answer: HTTP `status` and the body {"error": {...}}."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.extra = extra or {}

    def body(self) -> dict[str, Any]:
        """The JSON of the answer; absent parts are left out, as Stripe does."""
        error: dict[str, Any] = {"message": self.message, "type": self.kind, **self.extra}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = f"https://docs.stripe.com/error-codes/{self.code.replace('_', '-')}"
        if self.param:
            error["param"] = self.param
        return {"error": error}


def no_such(kind: str, object_id: str, param: str = "id") -> StripeRefusal:
    """404 for an id that is not in the book."""
    return StripeRefusal(
        f"No such {kind}: '{object_id}'", status=404, code="resource_missing", param=param
    )


def wrong_key(message: str) -> StripeRefusal:
    """401."""
    return StripeRefusal(message, status=401)


def server_failure(status: int) -> StripeRefusal:
    """What Stripe says when it fails itself (500..599) or is asked too often (429)."""
    if status == 429:
        return StripeRefusal(
            "Too many requests hit the API too quickly.", status=429, code="rate_limit"
        )
    if status < 500:
        return StripeRefusal(f"The rehearsal was told to answer {status}.", status=status)
    return StripeRefusal(
        "An unknown error occurred. (The rehearsal was told to fail.)",
        status=status,
        kind="api_error",
    )
