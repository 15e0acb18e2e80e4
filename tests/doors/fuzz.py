"""Schemathesis set up for our doors: strategies for requests, the real WSGI entry, the checks."""

import copy
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from uuid import uuid4

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core import NotSet
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.api import envelope
from core.api.schema.views import document
from core.intake.wsgi import with_webhooks
from tests.doors.caller import Caller, forget
from tests.doors.errands import Errand
from tests.doors.manners import (
    assert_allowed_by_the_document,
    assert_quick,
    assert_tight_lipped,
)
from tests.doors.world import CALLERS
from tests.doors.writes import taken_back

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
BETWEEN_REQUESTS = (request_started, request_finished)
StartResponse = Callable[..., Any]


@lru_cache(maxsize=1)
def schema() -> Any:
    """The document as schemathesis reads it; a copy, for it writes into it."""
    config = schemathesis.Config()
    return schemathesis.openapi.from_dict(copy.deepcopy(document("config.urls")), config=config)


def operation_of(errand: Errand) -> Any:
    """The operation behind an errand."""
    return schema()[errand.path][errand.method.lower()]


def application() -> Callable[[dict[str, Any], StartResponse], Iterable[bytes]]:
    """What the web server calls (config/wsgi.py), for a caller with an address. Made anew: that
    module also starts to write down refused signatures, from a thread of its own."""
    real = with_webhooks(get_wsgi_application())

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        environ.setdefault("REMOTE_ADDR", "192.0.2.7")
        return real(environ, start_response)

    return app


@contextmanager
def the_connection_kept() -> Iterator[None]:
    """Django closes connections between requests, which would end the world's transaction."""
    for signal in BETWEEN_REQUESTS:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in BETWEEN_REQUESTS:
            signal.connect(close_old_connections)


def cases(errand: Errand) -> st.SearchStrategy[Case]:
    """Requests that fit the document, and requests that do not."""
    operation = operation_of(errand)
    return st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )


def askers(errand: Errand) -> st.SearchStrategy[str]:
    """Everybody, but more often those who get further than the threshold."""
    return st.sampled_from([*CALLERS, *[errand.who] * 4, "manager", "manager", "agent"])


class Mixer:
    """Puts what exists into a generated request: true ids in the path, a proper body around one
    strange value. Random ids and bodies alone rarely come past the first check."""

    def __init__(self, caller: Caller, errand: Errand, who: str) -> None:
        self.caller, self.errand, self.who = caller, errand, who

    def with_true_places(self, case: Case, whose: str) -> None:
        """The path leads to something that exists."""
        case.path_parameters = {
            name: self.caller.world.thing(thing.name, whose=whose, caller=self.who)
            for name, thing in self.errand.places.items()
        }

    def with_proper_body(self, case: Case, strange: set[str]) -> None:
        """A proper body, of which only the fields named `strange` are as generated, or missing."""
        if self.errand.body is None or not isinstance(case.body, dict):
            return
        proper = self.caller.filled(self.errand.body, who=self.who)
        body = {name: value for name, value in proper.items() if name not in strange}
        case.body = body | {name: case.body[name] for name in strange if name in case.body}


def send(caller: Caller, errand: Errand, case: Case, who: str) -> Response:
    """Call the application as somebody; what it does to the database is taken back."""
    forget()
    headers = dict(caller.world.credentials[who])
    if errand.idempotent and "Idempotency-Key" not in (case.headers or {}):
        headers["Idempotency-Key"] = uuid4().hex
    began = time.thread_time()
    with taken_back(), the_connection_kept():
        response = case.call(app=application(), headers=headers)
    work = time.thread_time() - began
    case.validate_response(response, checks=CHECKS)
    _assert_judged_by_the_document(response, case, errand)
    _assert_manners(response, case, work)
    return response


def _assert_judged_by_the_document(response: Response, case: Case, errand: Errand) -> None:
    """A body that the document forbids was not accepted."""
    was_json = case.media_type == envelope.JSON and not isinstance(case.body, NotSet)
    if was_json and response.status_code < 400:
        assert_allowed_by_the_document(errand.method, errand.path, case.body)


def _assert_manners(response: Response, case: Case, work: float) -> None:
    """What schemathesis does not know: the request id, the time, the silence about the inside."""
    assert_quick(response.elapsed, work)
    request_id = response.headers["x-request-id"][0]
    if response.status_code == 204:
        return
    assert response.json()["requestId"] == request_id
    if response.status_code >= 400:
        sent = f"{case.query}{case.body}{case.headers}{case.path_parameters}"
        assert_tight_lipped(response.text, echoes=sent)
