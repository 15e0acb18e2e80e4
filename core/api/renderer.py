"""Turns what a view returns into the envelope."""

from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from core.api import envelope


class ListAnswer(Response):
    """A page of rows with `meta` (next, previous, count)."""

    def __init__(self, rows: list[Any], meta: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(rows, **kwargs)
        self.meta = meta


class EnvelopeRenderer(BaseRenderer):
    """JSON in the envelope, UTF-8."""

    media_type = envelope.JSON
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Bytes of the answer; empty for 204, which may have no body."""
        response = (renderer_context or {})["response"]
        status = response.status_code
        if status == 204:
            return b""
        if status >= 400:
            return _refusal(status, data)
        if isinstance(response, ListAnswer):
            return envelope.page(data, response.meta)
        return envelope.success(data)


def _refusal(status: int, data: Any) -> bytes:
    """A view that returned (not raised) a refusal: take its details over."""
    details = data if isinstance(data, dict) else {}
    message = str(details.pop("detail", "")) or "The request was refused."
    return envelope.failure(envelope.code_of(status), message, details)
