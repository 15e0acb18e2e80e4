"""Headers nobody asked for: credentials, keys, ids, negotiation, origins, proxies, cookies."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from core.api.testing import assert_matches_schema
from tests.doors.caller import Caller, forget
from tests.doors.errands import ALL, BY_OPERATION, Errand
from tests.doors.manners import assert_well_mannered
from tests.doors.nonsense import BIDI, LINES, SQL
from tests.doors.tries import Try, assert_all_well_mannered
from tests.doors.writes import nothing_written

ME = BY_OPERATION["GET /api/v1/auth/user/"]
ORDERS = BY_OPERATION["GET /api/v1/orders/"]
WORDS = {
    "empty": "",
    "spaces": "   ",
    "SQL": SQL,
    "line breaks": LINES,
    "NUL": "a\x00b",
    "bytes": "\xff\xfe\x80",
    "high letters": BIDI.encode().decode("latin-1"),
    "long": "x" * 60_000,
    "commas": ",,,,",
    "quotes": '"\\"',
    "a number": "9" * 400,
}
CREDENTIALS = [
    "Bearer", "Bearer ", "Bearer  x", "bearer x", "Bearer a.b.c", "Bearer eyJhbGciOiJub25lIn0.e30.",
    "Bearer " + "A" * 60_000, "Bearer \xff\xfe", "Bearer a b c", "Bearer x, Bearer y", "Bearer\tx",
    "Bearer null", "Bearer undefined", "Bearer ..", "Bearer e30.e30.e30",
    "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6IngifQ.e30.x",
    "Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLy4uL2V0Yy9wYXNzd2QifQ.e30.x",
]  # fmt: skip
OTHER_SCHEMES = ["Basic eDp5", "Digest x", "Token x", "x", "Negotiate", "BEARERx"]
KEYS = [
    "", " ", "x", "tw_live_", "tw_live_x", "tw_live_" + "x" * 60_000, "tw_live_\xff_\xfe",
    "tw_test_aaaaaaaa_bbbbbbbb", SQL, "tw_live_aaaaaaaa_bbbbbbbb, tw_live_aaaaaaaa_bbbbbbbb",
]  # fmt: skip


@pytest.mark.parametrize("header", [
    "Accept-Language", "X-Request-ID", "User-Agent", "Referer", "Cookie", "Origin",
    "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "Range", "If-Match",
    "If-None-Match", "If-Modified-Since", "Idempotency-Key", "X-CSRFToken", "Content-Language",
    "Traceparent", "Via", "X-Real-IP", "Accept-Encoding", "TE", "Expect",
])  # fmt: skip
def test_no_value_of_a_header_does_harm(caller: Caller, header: str) -> None:
    def tries() -> Iterator[Try]:
        for name, value in WORDS.items():
            for errand in (ME, ORDERS, BY_OPERATION["POST /api/v1/carts/"]):
                yield Try(
                    f"{errand.operation} {name}",
                    lambda errand=errand, value=value: caller.run(
                        errand, who="shopper", headers={header: value}
                    ),
                    echoes=value,
                )

    assert_all_well_mannered(tries())


def test_a_request_id_that_is_not_well_formed_is_not_taken_over(caller: Caller) -> None:
    for value in [*WORDS.values(), "short", "x" * 65, "<script>alert(1)</script>"]:
        response = caller.run(ME, headers={"X-Request-ID": value})
        assert response["X-Request-ID"] != value
        assert len(response["X-Request-ID"]) == 36
    given = uuid4().hex
    assert caller.run(ME, headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize("text", CREDENTIALS, ids=lambda text: text[:30])
def test_a_bearer_token_that_is_none_is_401(caller: Caller, text: str) -> None:
    for errand in (ME, ORDERS, BY_OPERATION["GET /api/v1/products/"]):
        response = caller.run(errand, who="anonymous", headers={"Authorization": text})
        assert_well_mannered(response)
        assert response.status_code == 401
        assert "Bearer" in response["WWW-Authenticate"]


@pytest.mark.parametrize("text", OTHER_SCHEMES)
def test_other_schemes_let_nobody_in(caller: Caller, text: str) -> None:
    response = caller.run(ME, who="anonymous", headers={"Authorization": text})
    assert_well_mannered(response)
    assert response.status_code == 401


@pytest.mark.parametrize("text", KEYS, ids=lambda text: text[:30])
def test_an_api_key_that_is_none_is_401(caller: Caller, text: str) -> None:
    for errand in (ME, ORDERS):
        response = caller.run(errand, who="anonymous", headers={"X-API-Key": text})
        assert_well_mannered(response)
        assert response.status_code == 401


@pytest.mark.parametrize("errand", [e for e in ALL if e.idempotent], ids=lambda e: e.operation)
def test_an_idempotency_key_that_is_none_is_refused(caller: Caller, errand: Errand) -> None:
    wrong = {name: value for name, value in WORDS.items() if name != "quotes"}
    wrong |= {"256 letters": "x" * 256, "a comma": "a,b"}

    def tries() -> Iterator[Try]:
        for name, value in wrong.items():
            yield Try(
                name,
                lambda value=value: caller.run(errand, headers={"Idempotency-Key": value}),
                echoes=value,
            )
        yield Try(
            "none",
            lambda: caller.send(errand.method, caller.address(errand), caller.body(errand)),
        )

    assert_all_well_mannered(tries(), refused=True)


@pytest.mark.parametrize("accept", [
    "text/html", "application/xml", "image/*", "text/*", "application/json;q=0", "x", ";;;", ",",
    "application/vnd.api+json", "*", "\xff", "application/jso", "a" * 20_000,
])  # fmt: skip
def test_who_takes_no_json_is_told_so_in_json(caller: Caller, accept: str) -> None:
    for errand in (ME, ORDERS, BY_OPERATION["POST /api/v1/carts/"]):
        response = caller.run(errand, who="shopper", headers={"Accept": accept})
        assert_well_mannered(response)


@pytest.mark.parametrize("accept", [
    "application/json", "*/*", "application/*", "text/html, application/json;q=0.1",
    "Application/JSON", "application/json; charset=utf-8", "text/html,*/*;q=0.1", "",
])  # fmt: skip
def test_who_takes_json_is_answered(caller: Caller, accept: str) -> None:
    response = caller.run(ME, headers={"Accept": accept})
    assert response.status_code == 200, response.content


@pytest.mark.parametrize("wrapping", ["gzip", "br", "deflate", "gzip, identity", "x", "GZIP"])
def test_compressed_bodies_are_refused(caller: Caller, wrapping: str) -> None:
    with nothing_written():
        response = caller.run(
            BY_OPERATION["POST /api/v1/carts/"], headers={"Content-Encoding": wrapping}
        )
    assert_well_mannered(response)
    assert response.status_code == 415


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost\r\nX-Injected: yes", "a b", "", "x" * 5_000, "[::1", "\xff"]
)
def test_another_host_is_refused(caller: Caller, host: str) -> None:
    response = caller.send("GET", "/api/v1/products/?limit=1", HTTP_HOST=host)
    assert response.status_code in {200, 400}
    assert_well_mannered(response, echoes=host)
    assert "evil.example" not in response.content.decode()


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example"]
)
def test_no_strange_origin_may_read_answers(caller: Caller, origin: str) -> None:
    for method in ("GET", "OPTIONS"):
        response = caller.send(
            method, "/api/v1/products/", who="manager",
            headers={
                "Origin": origin, "Access-Control-Request-Method": "DELETE",
                "Access-Control-Request-Headers": "authorization",
            },
        )  # fmt: skip
        assert response.status_code < 500
        assert "Access-Control-Allow-Origin" not in response
        assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize("chain", [
    "1.2.3.4, 5.6.7.8", "x", ",,,", "999.999.999.999", "::1%eth0", "[::1]:80", "1.2.3.4:99999",
    "127.0.0.1, " * 5_000, "\xff", "' OR 1=1", "",
])  # fmt: skip
@pytest.mark.parametrize("proxies", [0, 1, 3])
def test_no_chain_of_proxies_does_harm(
    caller: Caller, settings: Any, chain: str, proxies: int
) -> None:
    settings.TRUSTED_PROXIES = proxies
    login = BY_OPERATION["POST /api/v1/auth/login/"]
    for remote in ("192.0.2.7", "", "unix:", "::1"):
        response = caller.send(
            login.method, login.path, caller.body(login), REMOTE_ADDR=remote,
            headers={"X-Forwarded-For": chain},
        )  # fmt: skip
        assert_well_mannered(response)
        assert response.status_code == 200, response.content


def test_whoever_tries_too_often_is_told_when_to_come_back(caller: Caller) -> None:
    caller.forgetful = False
    forget()
    login = BY_OPERATION["POST /api/v1/auth/login/"]
    body = json.dumps({"email": "agent@doors.example", "password": "wrong"}).encode()
    answers = [caller.send("POST", login.path, body) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert_well_mannered(answers[-1])
    assert_matches_schema(answers[-1])
