"""The one shape of every API answer, written straight to bytes.

{"success": true, "data": ..., "meta": {...}, "timestamp": "...", "requestId": "..."}
{"success": false, "error": {"code", "message", "details"}, "timestamp": ..., "requestId": ...}
"""

from dataclasses import is_dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.utils.functional import Promise

from core.money import Money
from core.requests.context import current_request_id

JSON = "application/json"

# status -> code, for refusals that do not bring their own code
CODES = {
    400: "validation_error",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "request_timeout",
    409: "conflict",
    411: "length_required",
    413: "payload_too_large",
    415: "unsupported_media_type",
    422: "unprocessable",
    429: "rate_limited",
    500: "internal_error",
    502: "upstream_unavailable",
    503: "unavailable",
}


def code_of(status: int) -> str:
    """The contract's word for a status; unlisted ones fall to their class."""
    return CODES.get(status) or ("internal_error" if status >= 500 else "validation_error")


def success(data: Any) -> bytes:
    """A good answer about one thing."""
    return _finish({"success": True, "data": presentable(data)})


def page(rows: list[dict[str, Any]], meta: dict[str, Any]) -> bytes:
    """A good answer with a page of rows, which are presentable as they are (core/api/rows)."""
    return _finish({"success": True, "data": rows, "meta": meta})


def failure(code: str, message: str, details: dict[str, Any] | None = None) -> bytes:
    """A refusal: `details` maps a field's name to its reasons, and is {} where there is none."""
    error = {"code": code, "message": message, "details": details or {}}
    return _finish({"success": False, "error": error})


def presentable(data: Any) -> Any:
    """Money in its public shape; any other dataclass is refused, for it was not made to be shown.

    The encoder would write out every field of a dataclass by itself.
    """
    if isinstance(data, dict):
        return {name: presentable(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [presentable(value) for value in data]
    if isinstance(data, Money):
        return data.as_json()
    if is_dataclass(data):
        raise TypeError(f"{type(data).__name__} was not made to be shown; pick its fields.")
    return data


def _finish(body: dict[str, Any]) -> bytes:
    body["timestamp"] = datetime.now(UTC).replace(microsecond=0)
    body["requestId"] = current_request_id()
    return _encoder.encode(body)


def _encode_other(value: Any) -> Any:
    """What msgspec does not know; decimals, times and UUIDs it writes as strings by itself."""
    if isinstance(value, Promise):
        value = str(value)
    if isinstance(value, str):
        return str.__str__(value)  # a plain copy of SafeString, ErrorDetail and the like
    raise NotImplementedError(f"{type(value).__name__} has no JSON shape here.")


_encoder = msgspec.json.Encoder(enc_hook=_encode_other)
