"""Every exception that can leave a view, as (status, code, sentence, details).

Nothing of the inside is told: no SQL, no path, no exception text that we did not write ourselves.
"""

import logging
from dataclasses import dataclass, field
from typing import Any

from django.core import exceptions as django_errors
from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connections,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions as drf
from rest_framework.response import Response

from core.api import envelope
from core.errors import DomainError, Unavailable

logger = logging.getLogger("tradewind.api")

RETRY_SECONDS = 2  # how soon to ask again when the database is away

UNIQUE_VIOLATION = "23505"
EXCLUSION_VIOLATION = "23P01"
FOREIGN_KEY_VIOLATION = "23503"
CHECK_VIOLATION = "23514"
INSUFFICIENT_PRIVILEGE = "42501"
LIMIT_EXCEEDED = "54"  # class: larger than an index row, a query, a table can hold
TRY_AGAIN = {"40001", "40P01", "55P03", "57014"}  # serialisation, deadlock, lock, statement limit


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is told to the caller."""

    status: int
    message: str
    code: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        """The envelope's bytes."""
        return envelope.failure(
            self.code or envelope.code_of(self.status), self.message, self.details
        )

    def response(self) -> HttpResponse:
        """A plain Django answer, for places outside DRF."""
        return HttpResponse(
            self.body(), status=self.status, content_type=envelope.JSON, headers=self.headers
        )


def refusal_for(exc: BaseException) -> Refusal:
    """The refusal an exception means. What nobody foresaw is a 500 without particulars."""
    for kinds, translate in _TRANSLATIONS:
        if isinstance(exc, kinds):
            return translate(exc)
    return Refusal(500, "Something went wrong on our side. The request id helps us find it.")


def log_refusal(refusal: Refusal, exc: BaseException, request: HttpRequest | None) -> None:
    """5xx are written down with their trace; the rest is the caller's affair."""
    if refusal.status == 500:
        logger.error("api.unforeseen", exc_info=exc, extra={"path": getattr(request, "path", "")})
    elif refusal.status > 500:
        logger.warning("api.unavailable", extra={"why": type(exc).__name__})


def answer_exception(exc: Exception, context: dict[str, Any]) -> Response:
    """DRF's EXCEPTION_HANDLER: every exception becomes an answer in the envelope."""
    if not getattr(context.get("view"), "rolls_back_itself", False):
        _roll_back_the_request()
    refusal = refusal_for(exc)
    log_refusal(refusal, exc, context.get("request"))
    response = RefusalAnswer(refusal)
    auth_header = getattr(exc, "auth_header", None)
    if auth_header:
        response["WWW-Authenticate"] = auth_header
    return response


def _roll_back_the_request() -> None:
    """Views of other packages run inside ATOMIC_REQUESTS, which would commit a handled error."""
    for connection in connections.all(initialized_only=True):
        if connection.settings_dict["ATOMIC_REQUESTS"] and connection.in_atomic_block:
            connection.set_rollback(True)


class RefusalAnswer(Response):
    """A refusal that renders itself, whatever renderer was agreed on."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(
            {"code": refusal.code, "message": refusal.message, "details": refusal.details},
            status=refusal.status,
            headers=refusal.headers,
        )
        self.refusal = refusal

    @property
    def rendered_content(self) -> bytes:  # type: ignore[override]  # as DRF's own
        """The envelope."""
        self["Content-Type"] = envelope.JSON
        return self.refusal.body()


# -- one function per kind of exception ------------------------------------------------------------


def _domain(exc: DomainError) -> Refusal:
    wait = getattr(exc, "retry_after", RETRY_SECONDS if isinstance(exc, Unavailable) else None)
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return Refusal(exc.status, exc.message, exc.code, exc.details, headers)


def _drf_validation(exc: drf.ValidationError) -> Refusal:
    detail = exc.detail
    details = detail if isinstance(detail, dict) else {"non_field_errors": detail}
    return Refusal(400, _first_sentence(details), details=details)


def _first_sentence(details: dict[str, Any]) -> str:
    """A headline a person can read: the first field and its first reason."""
    name, value = next(iter(details.items()), ("", ""))
    while isinstance(value, dict) or (isinstance(value, list) and value):
        if isinstance(value, dict):
            key, value = next(iter(value.items()), ("", ""))
            name = f"{name}.{key}"
        else:
            value = next((item for item in value if item), "")
    if name in {"", "non_field_errors"}:
        return str(value) or "The input is not valid."
    return f"{name}: {value}"


def _drf(exc: drf.APIException) -> Refusal:
    headers = {}
    wait = getattr(exc, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    return Refusal(exc.status_code, str(exc.detail), headers=headers)


def _django_validation(exc: django_errors.ValidationError) -> Refusal:
    if hasattr(exc, "error_dict"):
        details = {
            ("non_field_errors" if name == django_errors.NON_FIELD_ERRORS else name): messages
            for name, messages in exc.message_dict.items()
        }
    else:
        details = {"non_field_errors": exc.messages}
    return Refusal(400, _first_sentence(details), details=details)


def _integrity(exc: IntegrityError) -> Refusal:
    state = getattr(exc.__cause__, "sqlstate", "")
    if state in {UNIQUE_VIOLATION, EXCLUSION_VIOLATION}:
        return Refusal(409, "Something with these values exists already.")
    if state == FOREIGN_KEY_VIOLATION:
        return Refusal(409, "It refers to something that does not exist, or is still in use.")
    return Refusal(400, "The values break a rule of the record.")


def _database(exc: Exception) -> Refusal:
    if str(getattr(exc.__cause__, "sqlstate", "") or "").startswith(LIMIT_EXCEEDED):
        return Refusal(400, "A value does not fit where it should be stored.")
    return Refusal(
        503,
        "The record cannot be reached at the moment. Please try again.",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


def _programming(exc: Exception) -> Refusal:
    """The second lock (row-level security) said no."""
    if getattr(exc.__cause__, "sqlstate", "") == INSUFFICIENT_PRIVILEGE:
        return Refusal(403, "Your role does not allow this.")
    return Refusal(500, "Something went wrong on our side. The request id helps us find it.")


_TRANSLATIONS: list[tuple[Any, Any]] = [
    (DomainError, _domain),
    (drf.ValidationError, _drf_validation),
    (drf.APIException, _drf),
    (Http404, lambda exc: Refusal(404, "There is no such thing, or it is not yours to see.")),
    (django_errors.PermissionDenied, lambda exc: Refusal(403, "You may not do this.")),
    (django_errors.ObjectDoesNotExist, lambda exc: Refusal(404, "There is no such thing.")),
    (django_errors.ValidationError, _django_validation),
    (
        (django_errors.RequestDataTooBig, django_errors.TooManyFilesSent),
        lambda exc: Refusal(413, "The body is larger than this door takes."),
    ),
    (
        (django_errors.SuspiciousOperation, MultiPartParserError, django_errors.BadRequest),
        lambda exc: Refusal(400, "The request is malformed."),
    ),
    (IntegrityError, _integrity),
    (DataError, lambda exc: Refusal(400, "A value does not fit where it should be stored.")),
    ((OperationalError, InterfaceError), _database),
    (ProgrammingError, _programming),
]
