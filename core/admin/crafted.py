"""Addresses and forms of the admin that no page of ours makes: told as malformed, not as a failure.

The admin puts `?created_at__year=-1` and the ids of an action into the ORM as they come; what
cannot be meant fails there, where no view is left to say so. Buttons name rows by their ids, in
addresses that may be kept, sent on or typed: a row that is gone is not found.
"""

from collections.abc import Callable
from types import TracebackType

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.views.defaults import bad_request, page_not_found

ADMIN = "/admin/"
# Modules that mind a value only when they are asked for it; `uuid` reads what is to be an id.
ASKED_OF = ("django.db.", "psycopg.", "uuid")


class CraftedRequestMiddleware:
    """400 for values that the ORM or the database cannot read, 404 for a row that is not there;
    under /admin/ only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do on the way in."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer, or None for what is a failure of ours. The transaction is undone already."""
        if not request.path_info.startswith(ADMIN):
            return None
        if isinstance(error, ObjectDoesNotExist):
            return page_not_found(request, error)
        if isinstance(error, DataError | ValidationError) or (
            isinstance(error, ValueError | OverflowError)
            and _raised_in(error.__traceback__).startswith(ASKED_OF)
        ):
            return bad_request(request, error)
        return None


def _raised_in(trace: TracebackType | None) -> str:
    """The module of the innermost frame."""
    name = ""
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        trace = trace.tb_next
    return name
