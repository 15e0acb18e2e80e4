"""Every door of this floor: whatever comes in, the answer is a 4xx in the envelope."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from accounts.tests.conftest import Caller
from core.identity import Role

pytestmark = pytest.mark.django_db

DOORS = {
    "POST auth/registration/": {"email": "x@y.example", "password1": "p", "password2": "p"},
    "POST auth/login/": {"email": "x@y.example", "password": "p"},
    "POST auth/token/refresh/": {"refresh": "r"},
    "POST auth/password/reset/confirm/": {
        "uid": "u", "token": "t", "new_password1": "p", "new_password2": "p",
    },
    "POST auth/password/change/": {
        "old_password": "o", "new_password1": "p", "new_password2": "p",
    },
    "POST auth/email/verify/": {"key": "k"},
    "POST auth/password/reset/": {"email": "x@y.example"},
    "POST auth/email/resend/": {"email": "x@y.example"},
    "PATCH auth/user/": {"full_name": "n", "time_zone": "z", "language": "l"},
    "POST api-keys/": {"name": "n", "scopes": ["orders:read"]},
    "POST api-keys/01990000-0000-7000-8000-000000000000/rotate/": {"overlap_hours": 1},
}  # fmt: skip
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "not UTF-8": b'{"email": "\xff"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "deep": b'{"email":' + b"[" * 100_000,
    "NaN": b'{"email": NaN}',
    "a huge number": b'{"email": 1e999999}',
    "a repeated name": b'{"email": "a", "email": "b"}',
    "too long": b'{"email": "' + b"x" * 6_000_000 + b'"}',
}
VALUES: dict[str, Any] = {
    "null": None, "true": True, "a number": 5, "a list": ["x"], "an object": {"a": 1},
    "NUL": "a\x00b", "a lone surrogate": "\ud800", "empty": "", "spaces": "   ",
    "very long": "x" * 50_000, "SQL": "' OR 1=1 --", "template": "{{7*7}}", "path": "../../x",
}  # fmt: skip


@pytest.fixture
def manager(api: Caller, log_in_as: Callable[..., Any]) -> Caller:
    _, tokens = log_in_as(Role.MANAGER)
    api.token = tokens.access
    return api


def assert_refused(response: Any) -> None:
    answer = json.loads(response.content)
    assert 400 <= response.status_code < 500, (response.status_code, answer)
    assert answer["success"] is False
    assert answer["requestId"]
    assert set(answer["error"]) == {"code", "message", "details"}
    assert "Traceback" not in response.content.decode()


def every_body(api: Caller, door: str) -> None:
    method, path = door.split()
    for name, content in BODIES.items():
        if method == "PATCH" and name == "nothing":
            continue  # changing nothing is no mistake
        assert_refused(api.call(method, path, content))


@pytest.mark.parametrize("door", DOORS)
def test_a_body_that_is_no_object_is_refused(manager: Caller, door: str) -> None:
    every_body(manager, door)


@pytest.mark.parametrize("door", [door for door in DOORS if "api-keys/0" not in door])
def test_a_value_that_is_no_sense_is_refused(manager: Caller, door: str) -> None:
    method, path = door.split()
    for field in DOORS[door]:
        for name, value in VALUES.items():
            if field == "full_name" and name not in {"null", "true", "a number", "NUL"}:
                continue  # almost any text is a name
            if field in {"name", "full_name"} and name in {"SQL", "template", "path"}:
                continue
            body = DOORS[door] | {field: value}
            assert_refused(manager.call(method, path, _raw(body)))


def _raw(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("door", DOORS)
def test_unknown_names_are_refused_by_name(manager: Caller, door: str) -> None:
    method, path = door.split()
    response = manager.call(method, path, DOORS[door] | {"is_superuser": True})
    assert_refused(response)


@pytest.mark.parametrize("door", DOORS)
def test_other_kinds_of_content_are_refused(manager: Caller, door: str) -> None:
    method, path = door.split()
    for kind in ("text/plain", "application/xml", "application/json; charset=utf-16"):
        response = manager.generic(
            method, f"/api/v1/{path}", b"<x/>", content_type=kind,
            headers={"Authorization": f"Bearer {manager.token}"},
        )  # fmt: skip
        assert_refused(response)


@pytest.mark.parametrize(
    "path", ["auth/login/", "auth/registration/", "auth/user/", "api-keys/", "auth/logins/"]
)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "PROPFIND", "PATCH"])
def test_methods_that_are_not_offered_are_refused(api: Caller, path: str, method: str) -> None:
    assert_refused(api.call(method, path, {}))


@pytest.mark.parametrize(
    "header",
    [
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer " + "x" * 8000},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Basic eDp5"},
        {"Authorization": "Bearer\tx"},
        {"X-API-Key": ""},
        {"X-API-Key": "tw_live_x"},
        {"X-API-Key": "x" * 8000},
        {"Cookie": "sessionid=" + "x" * 500},
    ],
    ids=lambda header: str(header)[:40],
)
def test_bad_credentials_are_a_401_with_a_way_out(api: Caller, header: dict[str, str]) -> None:
    response = api.get_json("auth/user/", **header)
    assert_refused(response)
    assert response.status_code == 401
    assert response["WWW-Authenticate"]


@pytest.mark.parametrize("path", ["api-keys/x/", "api-keys/0/rotate/", "auth/logins/../user/"])
def test_paths_with_nonsense_for_an_id_are_not_found(manager: Caller, path: str) -> None:
    assert_refused(manager.get_json(path))
