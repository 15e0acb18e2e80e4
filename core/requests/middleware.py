"""First of all middleware: the request's id, its caller, and one access line at the end."""

import logging
import re
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from core.ids import new_id
from core.requests.client import UNKNOWN, client_address
from core.requests.context import NOBODY, Caller, set_caller, set_request_id

WELL_FORMED = re.compile(r"[A-Za-z0-9_.:-]{8,64}\Z")
AGENT_LENGTH = 300
QUIET_PATHS = ("/health/", "/metrics", "/static/")

access = logging.getLogger("tradewind.access")


class RequestIdMiddleware:
    """`X-Request-ID` is taken over when it is well-formed, made otherwise, and sent back always."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with its id in the header, and write its line."""
        began = time.perf_counter()
        request_id = request_id_of(request)
        request.request_id = request_id  # type: ignore[attr-defined]
        set_request_id(request_id)
        address = client_address(request.META)
        set_caller(
            Caller(
                address=None if address == UNKNOWN else address,
                agent=request.META.get("HTTP_USER_AGENT", "")[:AGENT_LENGTH],
            )
        )
        try:
            response = self.get_response(request)
            # a replayed answer (Idempotency-Key) brings the id of the request that made it
            response.headers.setdefault("X-Request-ID", request_id)
            write_line(request, response, seconds=time.perf_counter() - began)
            return response
        finally:
            set_request_id("")
            set_caller(NOBODY)


def request_id_of(request: HttpRequest) -> str:
    """The caller's own id when it is well-formed, else a new one."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    return given if WELL_FORMED.match(given) else str(new_id())


def write_line(request: HttpRequest, response: HttpResponse, *, seconds: float) -> None:
    """One line a request: what, how it ended, how long (ms), who.

    The route, not the path: paths hold tokens (carts, unsubscribe links).
    """
    level = logging.DEBUG if request.path.startswith(QUIET_PATHS) else logging.INFO
    if not access.isEnabledFor(level):
        return
    match = request.resolver_match
    line: dict[str, Any] = {
        "method": request.method,
        "route": "/" + match.route if match else "unknown",
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
    }
    user = getattr(request, "user", None)
    if getattr(user, "is_authenticated", False):
        line["user"] = str(user.pk)  # type: ignore[union-attr]
    access.log(level, "request", extra=line)
