"""Trying many things at one door: each answer well-mannered, no refusal leaving a trace."""

import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db import transaction

from core.api.schema.views import document
from core.api.testing import assert_matches_schema
from tests.doors.manners import (
    MOST_WORK_SECONDS,
    SLOWEST_SECONDS,
    assert_allowed_by_the_document,
    assert_quick,
    assert_well_mannered,
)
from tests.doors.writes import nothing_written


class Try(NamedTuple):
    """One request; its answer may repeat what it `echoes`.

    A `body` that was accepted must be one that the document allows.
    """

    name: str
    send: Callable[[], Any]
    echoes: str = ""
    body: Any = None


def assert_all_well_mannered(tries: Iterable[Try], *, refused: bool = False) -> None:
    """Send every one. What was accepted is taken back, what was refused must have written nothing.

    With `refused`, nothing of it may be accepted. All complaints are collected before it fails.
    """
    complaints = []
    with nothing_written():
        for one in tries:
            try:
                _try(one, refused=refused)
            except AssertionError as complaint:
                complaints.append(f"{one.name}: {complaint}")
    assert not complaints, f"{len(complaints)} complaints\n" + "\n\n".join(complaints)


def _try(one: Try, *, refused: bool) -> None:
    response, seconds, work = _timed(one.send)
    if seconds > SLOWEST_SECONDS or work > MOST_WORK_SECONDS:
        response, seconds, work = _timed(one.send)  # was it the door, or was the machine busy?
    assert_quick(seconds, work)
    assert_well_mannered(response, echoes=one.echoes)
    if is_described(response):
        assert_matches_schema(response)
        if one.body is not None and response.status_code < 400:
            path = "/" + _without_converters(response.wsgi_request.resolver_match.route)
            assert_allowed_by_the_document(response.wsgi_request.method, path, one.body)
    if refused:
        assert response.status_code >= 400, f"accepted: {response.content[:300]!r}"


def _timed(send: Callable[[], Any]) -> tuple[Any, float, float]:
    """The answer, how long it took and how much work it was, in seconds. The writes of an
    acceptance are undone."""
    with transaction.atomic():
        began, worked = time.monotonic(), time.thread_time()
        response = send()
        seconds, work = time.monotonic() - began, time.thread_time() - worked
        if response.status_code < 400:
            transaction.set_rollback(True)
    return response, seconds, work


def is_described(response: Any) -> bool:
    """Whether the document knows this operation: not a wrong method, not an unknown path."""
    match = response.wsgi_request.resolver_match
    if match is None or not match.route.startswith("api/v1/"):
        return False
    path = "/" + _without_converters(match.route)
    operations = document("config.urls")["paths"].get(path, {})
    return response.wsgi_request.method.lower() in operations


def _without_converters(route: str) -> str:
    """ "orders/<uuid:id>/" as "orders/{id}/"."""
    parts = [part.partition(">") for part in route.split("<")]
    named = ["{" + name.rpartition(":")[2] + "}" + rest for name, _, rest in parts[1:]]
    return parts[0][0] + "".join(named)
