"""`Idempotency-Key`: public writes that cost money happen once, however often they are sent.

The key row is claimed in a short transaction of its own. In an atomic view the stored answer
commits together with the effect: killed before the commit nothing happened, killed after it the
repetition is answered from the row. A view with `atomic = False` has transactions of its own;
there `request.idempotency.remember(...)` inside the effect's transaction, or the business's
unique key fed with `request.idempotency.token`, makes the repetition after the lock's end harmless.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from core.api import envelope
from core.api.idempotency import store
from core.errors import Conflict, Unprocessable
from core.requests.client import client_address
from core.requests.context import current_request_id

HEADER = "Idempotency-Key"
LOCK_SECONDS = 60  # longer than any request may take (gateway calls: 10 s in all)
VISIBLE_ASCII = re.compile(r"[\x21-\x7e]{1,255}")
# refusals that the same body will always earn; 409, 429 and 5xx may end differently next time
DETERMINISTIC = {400, 404, 410, 422}
KEPT_HEADERS = ("Content-Type", "Location", "ETag", "X-Request-ID")


@dataclass(frozen=True, slots=True)
class Options:
    """How one method is guarded."""

    lock_seconds: int = LOCK_SECONDS


def idempotent(method: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a handler of an ApiView: the header is required and the write happens once."""
    method.idempotent = Options()  # type: ignore[attr-defined]
    return method


class InProgressElsewhere(Conflict):
    """409 with Retry-After."""

    def __init__(self, seconds: int) -> None:
        super().__init__("A request with this Idempotency-Key is still being worked on.")
        self.retry_after = seconds


def guarded(
    view: Any,
    request: Request,
    run: Callable[[], HttpResponseBase],
    *,
    options: Options,
    atomic: bool,
) -> HttpResponseBase:
    """Run the handler under the request's key, or answer from the store."""
    got = _claim(view, request, options)
    if isinstance(got, store.Stored):
        return _replayed(got)
    view.claim = request.idempotency = got  # type: ignore[attr-defined]
    try:
        if not atomic:
            response = run()
            _settle(got, response)
            return response
        with transaction.atomic():
            response = run()
            _settle(got, response)
            return response
    except store.LostClaim:
        raise InProgressElsewhere(1) from None
    except Exception as exc:
        return _refused(view, got, exc)


def _claim(view: Any, request: Request, options: Options) -> store.Claim | store.Stored:
    key = _key(request)
    body = request._request.body  # noqa: SLF001 - DRF offers no public way to the raw bytes
    fingerprint = hashlib.sha256(
        b"\n".join([request.get_full_path().encode(), hashlib.sha256(body).digest()])
    )
    try:
        got = store.claim(
            actor=_actor(view, request),
            operation=f"{request.method} {_route(request)}",
            key=key,
            fingerprint=fingerprint.digest(),
            seconds=options.lock_seconds,
        )
    except store.OtherRequest:
        raise Unprocessable(
            f"This {HEADER} was used for another request.",
            details={HEADER: ["Use a new key for a new request."]},
        ) from None
    if isinstance(got, store.InProgress):
        raise InProgressElsewhere(got.seconds)
    return got


def _key(request: Request) -> str:
    """The header's value. WSGI servers join two headers with a comma, which no key may hold."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None or not key.strip():
        raise ValidationError({HEADER: ["This header is required here."]})
    if not VISIBLE_ASCII.fullmatch(key) or "," in key:
        raise ValidationError(
            {HEADER: ["Send one key of 1 to 255 visible ASCII characters, without commas."]}
        )
    return str(key)


def _actor(view: Any, request: Request) -> str:
    """Whose key it is: two callers may use the same words."""
    api_key = getattr(request.auth, "api_key_id", None)
    if api_key:
        return f"key:{api_key}"
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    if "token" in view.kwargs:
        return f"cart:{_digest(str(view.kwargs['token']))}"
    return f"ip:{_digest(client_address(request.META))}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _route(request: Request) -> str:
    match = request.resolver_match
    return match.route if match else request.path


def _settle(got: store.Claim, response: HttpResponseBase) -> None:
    """Keep what will be the same next time, forget the rest."""
    status = response.status_code
    if 200 <= status < 300 or status in DETERMINISTIC:
        # the body holds the id of this request, so that a repetition must show the same in its head
        response.headers.setdefault("X-Request-ID", current_request_id())
        headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        got.finish(store.Stored(status, bytes(getattr(response, "content", b"")), headers))
    else:
        got.release()


def _refused(view: Any, got: store.Claim, exc: Exception) -> HttpResponseBase:
    """The handler raised and its transaction is undone: answer, and settle apart from it."""
    response = view.written_refusal(exc)
    try:
        _settle(got, response)
    except store.LostClaim:  # it took longer than the lock: another run answers for this key
        raise InProgressElsewhere(1) from exc
    return response


def _replayed(stored: store.Stored) -> HttpResponse:
    response = HttpResponse(stored.body, status=stored.status, headers=stored.headers)
    response.setdefault("Content-Type", envelope.JSON)
    response["Idempotent-Replayed"] = "true"
    return response
