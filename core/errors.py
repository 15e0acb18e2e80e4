"""Refusals a person can read. Any floor raises them; the API frame turns them into answers."""

import math
from typing import Any


class DomainError(Exception):
    """A rule said no. `code` and `status` are the contract's; `message` is a sentence."""

    code = "validation_error"
    status = 400

    def __init__(self, message: str, *, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details or {}

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """Field and reason, for each reason that the sentence does not name already. `details` may
        hold more: sums, states, what is for programs."""
        return [
            (str(name), reason)
            for name, reasons in self.details.items()
            if isinstance(reasons, list)
            for reason in reasons
            if isinstance(reason, str) and reason not in self.message
        ]


class Invalid(DomainError):
    """The input is wrong; `details` names each field and its reasons."""


class NotAuthenticated(DomainError):
    """Who is asking could not be shown: wrong password, ended login, used token."""

    code = "not_authenticated"
    status = 401


class PermissionRefused(DomainError):
    code = "permission_denied"
    status = 403


class NotFound(DomainError):
    code = "not_found"
    status = 404


class Conflict(DomainError):
    """The thing changed meanwhile, or the state does not allow it."""

    code = "conflict"
    status = 409


class Unprocessable(DomainError):
    """Well-formed, but cannot be done (same Idempotency-Key with another body ...)."""

    code = "unprocessable"
    status = 422


class RateLimited(DomainError):
    """Too often. `retry_after` (seconds) becomes the `Retry-After` header."""

    code = "rate_limited"
    status = 429

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = max(1, math.ceil(retry_after))


class UpstreamUnavailable(DomainError):
    """An outside service did not answer as it should; nothing is lost, try again."""

    code = "upstream_unavailable"
    status = 502


class Unavailable(DomainError):
    code = "unavailable"
    status = 503
