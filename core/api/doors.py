"""Answers of Django itself (unknown paths, failures outside views), in the shape of their door.

Below /api/ every answer is the envelope; elsewhere a small page without particulars.
"""

import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from core.api import envelope
from core.api.refusals import RETRY_SECONDS, Refusal, refusal_for

API = "/api/"
MESSAGES = {
    400: "The request is malformed.",
    403: "You may not do this.",
    404: "There is no such path.",
    405: "This method is not offered here.",
    500: "Something went wrong on our side. The request id helps us find it.",
}


class ApiErrorsMiddleware:
    """Whatever leaves a door below /api/ with an error that is not in the envelope is put into it.

    Catches what never reaches a view: unknown paths, wrong hosts, CSRF, Django's debug pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, in the envelope where it is due."""
        response = self.get_response(request)
        if not request.path_info.startswith(API):
            return response
        if response.status_code == 301:
            response.status_code = 308  # a slash was forgotten: method and body go along
        if (
            response.status_code >= 400
            and response.get("Content-Type") != envelope.JSON
            and not response.streaming
        ):
            _put_into_envelope(response)
        return response


def _put_into_envelope(response: HttpResponse) -> None:
    """Exchange the body only: the headers (CORS, Allow, security) are right already."""
    status = response.status_code
    response.content = Refusal(status, MESSAGES.get(status, "The request was refused.")).body()
    response["Content-Type"] = envelope.JSON
    response["Content-Length"] = str(len(response.content))


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: 503 with Retry-After while the database is away, 500 otherwise."""
    exc = sys.exc_info()[1]
    if isinstance(exc, OperationalError | InterfaceError):
        if request.path_info.startswith(API):
            return refusal_for(exc).response()
        return HttpResponse(
            "Tradewind cannot reach its record at the moment. Please try again.",
            status=503,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": str(RETRY_SECONDS)},
        )
    return defaults.server_error(request)
