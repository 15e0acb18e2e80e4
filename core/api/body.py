"""The bytes of a request, before anybody reads them: how many, and in what wrapping."""

from django.http import HttpRequest
from rest_framework.exceptions import APIException, ParseError

MAX_BYTES = 262_144  # a view may declare its own `max_body_bytes`


class PayloadTooLarge(APIException):
    """More bytes than the door takes."""

    status_code = 413
    default_detail = "The body is larger than this door takes."
    default_code = "payload_too_large"


class WrappedBody(APIException):
    """Compressed bodies are not taken: a few bytes could become gigabytes."""

    status_code = 415
    default_code = "unsupported_media_type"


def take_body(request: HttpRequest, limit: int) -> None:
    """Refuse what is announced as too large, and read what was announced without length.

    Django takes a body without `Content-Length` for an empty one, which would lose it silently.
    Raises ParseError (400), PayloadTooLarge (413), WrappedBody (415).
    """
    meta = request.META
    wrapping = meta.get("HTTP_CONTENT_ENCODING", "identity").lower()
    if wrapping not in {"", "identity"}:
        raise WrappedBody(f"Bodies are taken as they are, not as {wrapping[:32]}.")
    length = meta.get("CONTENT_LENGTH") or ""
    if length:
        if not (length.isascii() and length.isdigit()):  # Django would take it for no body at all
            raise ParseError("Content-Length is not a number.")
        if len(length) > 18 or int(length) > limit:
            raise PayloadTooLarge(f"The body is larger than {limit} bytes.")
        return
    if "chunked" not in meta.get("HTTP_TRANSFER_ENCODING", "").lower():
        return
    body = meta["wsgi.input"].read(limit + 1)
    if len(body) > limit:
        raise PayloadTooLarge(f"The body is larger than {limit} bytes.")
    request._body = body  # noqa: SLF001 - where `request.body` and DRF look
    request._read_started = True  # type: ignore[attr-defined]  # noqa: SLF001
    meta["CONTENT_LENGTH"] = str(len(body))
