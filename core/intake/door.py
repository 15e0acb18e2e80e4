"""From a request's parts to an answer: the same for the bare WSGI door and the Django view."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec
import structlog
from prometheus_client import Counter

from core.intake.arrival import Headers, SignatureRefused
from core.intake.refusals import TALLY
from core.intake.rows import Row, RowRefused, StoreUnavailable, row_of
from core.intake.sources import SOURCES

logger = structlog.get_logger(__name__)

MOST_BYTES = 524_288  # of one body; the largest events of any gateway are half of it
RETRY_AFTER_SECONDS = 5
PREFIX = "/webhooks/"

ARRIVED = Counter(
    "tradewind_webhooks_total", "Webhooks by sender and what became of them", ["source", "outcome"]
)

Store = Callable[[Row], bool]


class Answer(NamedTuple):
    """Status, body (JSON) and headers besides the usual ones."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class Refused(Exception):
    """An answer that is not 200, raised where it is found out."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        shown = {"success": False, "error": {"code": code, "message": message, "details": {}}}
        names = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        self.answer = Answer(status, msgspec.json.encode(shown), names)


STORED = Answer(200, b'{"success":true,"data":{"stored":true}}')
KNOWN = Answer(200, b'{"success":true,"data":{"stored":true,"duplicate":true}}')


def answer(source: str, environ: Mapping[str, Any], store: Store) -> Answer:
    """Verify, store, answer one request to /webhooks/<source>/. Never raises."""
    try:
        return _taken_in(source, environ, store)
    except Refused as refused:
        return refused.answer
    except Exception:
        logger.exception("intake.failed", source=source)
        return Refused(500, "internal_error", "Something went wrong here.").answer


def _taken_in(source: str, environ: Mapping[str, Any], store: Store) -> Answer:
    verifier = SOURCES.get(source)
    if verifier is None:
        raise Refused(404, "not_found", "Nobody sends webhooks here.")
    if environ["REQUEST_METHOD"] != "POST":
        raise Refused(405, "validation_error", "Webhooks are sent by POST.", Allow="POST")
    body = read_body(environ)
    try:
        arrival = verifier.verify(Headers(environ), body)
    except SignatureRefused as refused:
        ARRIVED.labels(source, "refused").inc()
        TALLY.note(source, str(refused))
        logger.warning("webhook.refused", source=source, reason=str(refused), size=len(body))
        raise Refused(401, "not_authenticated", "The signature does not fit.") from None
    try:
        duplicate = store(row_of(source, arrival, body))
    except StoreUnavailable:
        ARRIVED.labels(source, "unavailable").inc()
        raise Refused(
            503, "unavailable", "Not stored; send it again.", Retry_After=str(RETRY_AFTER_SECONDS)
        ) from None
    except RowRefused:
        ARRIVED.labels(source, "unprocessable").inc()
        raise Refused(422, "unprocessable", "This cannot be stored.") from None
    ARRIVED.labels(source, "duplicate" if duplicate else "stored").inc()
    return KNOWN if duplicate else STORED


def read_body(environ: Mapping[str, Any]) -> bytes:
    """All bytes of the body, at most MOST_BYTES. Raises Refused (400, 413)."""
    stream = environ["wsgi.input"]
    written = environ.get("CONTENT_LENGTH") or ""
    if not written:
        if not environ.get("wsgi.input_terminated"):
            return b""
        body = _read(stream, MOST_BYTES + 1)
    else:
        if not (written.isascii() and written.isdecimal()):
            raise Refused(400, "validation_error", "Content-Length is not a number.")
        length = int(written[:20])
        if length <= MOST_BYTES:
            body = _read(stream, length)
            if len(body) < length:
                raise Refused(400, "validation_error", "The body ended early.")
            return body
        body = b""
    if written or len(body) > MOST_BYTES:
        raise Refused(413, "payload_too_large", f"At most {MOST_BYTES} bytes are taken.")
    return body


def _read(stream: Any, size: int) -> bytes:
    """`size` bytes, or all there are; servers may hand them over in pieces."""
    body: bytes = stream.read(size)
    while len(body) < size:
        piece = stream.read(size - len(body))
        if not piece:
            break
        body += piece
    return body


def source_in(path: str) -> str:
    """ "stripe" for /webhooks/stripe/."""
    return path[len(PREFIX) :].rstrip("/")
