"""The request being answered, known to logs, events and the audit trail alike."""

from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("tradewind_request_id", default="")


def current_request_id() -> str:
    """The id in `X-Request-ID`, or "" outside a request."""
    return _request_id.get()


def set_request_id(value: str) -> None:
    """Remember the id for this thread or task."""
    _request_id.set(value)
