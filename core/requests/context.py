"""The request being answered, known to logs, events and the audit trail alike."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """Where the request came from, as far as we trust it."""

    address: str | None = None
    agent: str = ""


NOBODY = Caller()
_request_id: ContextVar[str] = ContextVar("tradewind_request_id", default="")
_caller: ContextVar[Caller] = ContextVar("tradewind_caller", default=NOBODY)


def current_request_id() -> str:
    """The id in `X-Request-ID`, or "" outside a request."""
    return _request_id.get()


def set_request_id(value: str) -> None:
    """Remember the id for this thread or task."""
    _request_id.set(value)


def current_caller() -> Caller:
    """Address and user agent of the request being answered; empty outside a request."""
    return _caller.get()


def set_caller(caller: Caller) -> None:
    """Remember the caller for this thread or task."""
    _caller.set(caller)
