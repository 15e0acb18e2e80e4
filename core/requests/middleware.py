"""`X-Request-ID`: taken over when it is well-formed, made otherwise, sent back always."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.ids import new_id
from core.requests.context import set_request_id

WELL_FORMED = re.compile(r"^[A-Za-z0-9_.:-]{8,64}$")


class RequestIdMiddleware:
    """First of all middleware, so that every log line of a request carries its id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with its id in the header."""
        given = request.headers.get("X-Request-ID", "")
        request_id = given if WELL_FORMED.match(given) else str(new_id())
        request.request_id = request_id  # type: ignore[attr-defined]
        set_request_id(request_id)
        response = self.get_response(request)
        # a replayed answer (Idempotency-Key) brings the id of the request that made it
        response.headers.setdefault("X-Request-ID", request_id)
        return response
