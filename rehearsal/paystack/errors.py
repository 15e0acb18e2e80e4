"""Refusals in Paystack's own shape: {status: false, message, type, code, meta}."""

from __future__ import annotations

from typing import Any


class PaystackRefusal(Exception):
    """An error answer with its HTTP status. `message` is what Paystack says to people."""

    def __init__(
        self, message: str, *, status: int = 400, kind: str = "validation_error", code: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.code = code

    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        said: dict[str, Any] = {"status": False, "message": self.message, "type": self.kind}
        if self.code:
            said["code"] = self.code
        return said | {"meta": {"nextStep": "See the message."}}


def not_found(what: str) -> PaystackRefusal:
    """Paystack's word for an id it does not know; transactions are 400, the rest 404."""
    if what == "Transaction":
        return PaystackRefusal("Transaction reference not found.", code="transaction_not_found")
    code = f"{what.lower()}_not_found"
    return PaystackRefusal(f"{what} not found", status=404, kind="api_error", code=code)


def wrong_key(message: str) -> PaystackRefusal:
    """401."""
    return PaystackRefusal(message, status=401, code="invalid_Key")


def server_failure(status: int) -> PaystackRefusal:
    """What is said when Paystack fails itself, or is asked too often (429)."""
    if status == 429:
        return PaystackRefusal("Rate limit exceeded", status=429, code="rate_limited")
    return PaystackRefusal("An error occurred.", status=status, kind="api_error", code="unknown")
