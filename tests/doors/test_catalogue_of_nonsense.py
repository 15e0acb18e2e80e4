"""Bodies nobody asked for, at every door that takes one."""

import json
import os
from collections.abc import Iterator
from itertools import chain, product
from typing import Any
from zlib import crc32

import pytest

from tests.doors.caller import Caller
from tests.doors.errands import ALL, Errand
from tests.doors.nonsense import (
    ALWAYS,
    BODIES,
    CONTENT_TYPES,
    FITTING,
    LIMIT,
    VALUES,
    kind_of,
)
from tests.doors.tries import Try, assert_all_well_mannered

# of doors that take files alone, see test_nonsense_in_media.py, test_nonsense_in_tables.py
WITH_BODY = [errand for errand in ALL if errand.body is not None and errand.file is None]
UPLOADS = "/api/v1/auth/user/"  # takes multipart too, see test_nonsense_in_uploads.py
LARGER = {UPLOADS: 6_000_000}  # bytes that are too many
DEEPER = bool(os.environ.get("TRADEWIND_FUZZ"))  # nothing by lot, every value in every field
# free text in which people write lines, free JSON, and tokens that are only compared
MAY_HOLD_LINES = {
    "description", "reason", "message", "note", "notes", "text", "comment", "custom", "options",
    "refresh",
}  # fmt: skip
NOT_ON_ONE_LINE = ("line breaks", "control characters")


def fields_of(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a body, inside out: ("variants", 0, "prices", 0, "amount")."""
    steps = body.items() if isinstance(body, dict) else enumerate(body)
    for step, value in steps:
        yield (*path, step)
        if isinstance(value, dict | list):
            yield from fields_of(value, (*path, step))


def by_lot(errand: Errand, what: str, name: str, *, one_in: int) -> bool:
    """The same ones in every run: for what one reader does in front of every door."""
    return DEEPER or crc32(f"{errand.operation} {what} {name}".encode()) % one_in == 0


def value_at(body: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        body = body[step]
    return body


def values_for(errand: Errand, body: Any, path: tuple[Any, ...]) -> Iterator[str]:
    """Names of what a field is tried with: half of what fits its kind, another half elsewhere."""
    if DEEPER:
        yield from VALUES
        return
    yield from ALWAYS
    for name in FITTING[kind_of(value_at(body, path))]:
        if name in NOT_ON_ONE_LINE:
            if MAY_HOLD_LINES & set(path):  # elsewhere they are always refused, see below
                yield name
        elif by_lot(errand, str(path), name, one_in=2):
            yield name


def with_value(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of the body with another value in one place."""
    made = json.loads(json.dumps(body))
    node = made
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return made


@pytest.mark.parametrize("errand", WITH_BODY, ids=lambda errand: errand.operation)
def test_a_body_that_is_no_proper_object_is_refused(caller: Caller, errand: Errand) -> None:
    path, headers = caller.address(errand), caller.own_headers(errand)

    def tries() -> Iterator[Try]:
        for name, body in BODIES.items():
            if not by_lot(errand, "body", name, one_in=4):
                continue
            yield Try(
                name,
                lambda body=body: caller.send(
                    errand.method, path, body, who=errand.who, headers=headers
                ),
                echoes=body.decode("utf-8", "replace"),
            )

    assert_all_well_mannered(tries())


@pytest.mark.parametrize("errand", WITH_BODY, ids=lambda errand: errand.operation)
def test_no_value_in_any_field_does_harm(caller: Caller, errand: Errand, request: Any) -> None:
    if errand.gateway:
        request.getfixturevalue("gateway")
    path = caller.address(errand)
    proper = caller.filled(errand.body, who=errand.who)

    def tries() -> Iterator[Try]:
        for field in fields_of(proper):
            for name in values_for(errand, proper, field):
                changed = with_value(proper, field, VALUES[name])
                body = json.dumps(changed).encode()
                yield Try(
                    f"{field} = {name}",
                    lambda body=body: caller.send(
                        errand.method, path, body, who=errand.who,
                        headers=caller.own_headers(errand),
                    ),
                    echoes=body.decode(),
                    body=None if name == "spaces" else changed,  # they are trimmed first
                )  # fmt: skip

    assert_all_well_mannered(tries())


@pytest.mark.parametrize("errand", WITH_BODY, ids=lambda errand: errand.operation)
def test_missing_and_unknown_fields_are_told_by_name(
    caller: Caller, errand: Errand, request: Any
) -> None:
    if errand.gateway:
        request.getfixturevalue("gateway")
    path = caller.address(errand)
    proper = caller.filled(errand.body, who=errand.who)

    def send(body: Any) -> Any:
        return caller.send(
            errand.method, path, json.dumps(body).encode(), who=errand.who,
            headers=caller.own_headers(errand),
        )  # fmt: skip

    def without() -> Iterator[Try]:
        for field in proper:
            rest = {name: value for name, value in proper.items() if name != field}
            yield Try(f"without {field}", lambda rest=rest: send(rest))

    def with_more() -> Iterator[Try]:
        for name in ("is_superuser", "id", "pk", "user_id", "status__in", "__class__", "", "a.b"):
            if not by_lot(errand, "unknown", name, one_in=3):
                continue
            yield Try(f"with {name}", lambda name=name: send(proper | {name: 1}))

    assert_all_well_mannered(without())
    assert_all_well_mannered(with_more(), refused=True)
    response = send(proper | {"surprise": 1})
    assert response.status_code == 400
    assert list(response.json()["error"]["details"]) == ["surprise"]


@pytest.mark.parametrize("errand", WITH_BODY, ids=lambda errand: errand.operation)
def test_another_kind_of_content_is_refused(caller: Caller, errand: Errand) -> None:
    path, body = caller.address(errand), caller.body(errand)

    def tries() -> Iterator[Try]:
        for name, kind in CONTENT_TYPES.items():
            if errand.path == UPLOADS and name == "multipart":
                continue
            if not by_lot(errand, "content type", name, one_in=3):
                continue
            yield Try(
                name,
                lambda kind=kind: caller.send(
                    errand.method, path, body, who=errand.who, kind=kind,
                    headers=caller.own_headers(errand),
                ),
                echoes=kind,
            )  # fmt: skip

    assert_all_well_mannered(tries(), refused=True)


@pytest.mark.parametrize("errand", WITH_BODY, ids=lambda errand: errand.operation)
def test_more_than_the_door_takes_is_413(caller: Caller, errand: Errand) -> None:
    path = caller.address(errand)
    too_much = b'{"a": "' + b"x" * LARGER.get(errand.path, LIMIT) + b'"}'

    def send(**environ: Any) -> Any:
        return caller.send(
            errand.method, path, too_much, who=errand.who, headers=caller.own_headers(errand),
            **environ,
        )  # fmt: skip

    assert_all_well_mannered(
        [
            Try("announced", send),
            Try("in pieces", lambda: send(CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")),
            Try("announced as less", lambda: send(CONTENT_LENGTH="20")),
            Try("announced as negative", lambda: send(CONTENT_LENGTH="-1")),
            Try("announced as a word", lambda: send(CONTENT_LENGTH="x")),
            Try("announced in superscript", lambda: send(CONTENT_LENGTH="\u00b2")),
        ],
        refused=True,
    )
    assert send().status_code == 413


@pytest.mark.parametrize("errand", WITH_BODY, ids=lambda errand: errand.operation)
def test_what_should_be_one_line_is_one_line(caller: Caller, errand: Errand) -> None:
    """Names and subjects end up in headers of mails, in logs and in terminals."""
    path = caller.address(errand)
    proper = caller.filled(errand.body, who=errand.who)

    def tries() -> Iterator[Try]:
        for field, name in product(fields_of(proper), NOT_ON_ONE_LINE):
            if MAY_HOLD_LINES & set(field):
                continue
            body = json.dumps(with_value(proper, field, VALUES[name])).encode()
            yield Try(
                f"{field} = {name}",
                lambda body=body: caller.send(
                    errand.method, path, body, who=errand.who, headers=caller.own_headers(errand)
                ),
                echoes=body.decode(),
            )

    assert_all_well_mannered(tries(), refused=True)


def test_every_value_of_the_catalogue_fits_somewhere() -> None:
    assert {*ALWAYS, *chain(*FITTING.values())} == set(VALUES)
