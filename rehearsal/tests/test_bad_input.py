"""Nonsense on every door is refused with a reason; nothing breaks what stands behind it."""

import socket
from typing import Any

import httpx
import pytest

from rehearsal.client import Rehearsal
from rehearsal.testing import RunningRehearsal

HERE = b"host: localhost\r\n"
FORM = {"content-type": "application/x-www-form-urlencoded"}
KEY = {"authorization": "Bearer sk_test_a"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "faults", {"kind": "delay", "path": 5}),
        ("POST", "faults", {"kind": "delay", "times": "two"}),
        ("POST", "faults", {"kind": "delay", "work": "yes"}),
        ("POST", "faults", {"kind": "delay", "rate": True}),
        ("POST", "faults", {}),
        ("PUT", "stripe/webhook-faults", {"delay": "x"}),
        ("PUT", "stripe/webhook-faults", {"delay": [1, 2, 3]}),
        ("PUT", "stripe/webhook-faults", {"drop": None}),
        ("PUT", "stripe/webhook-faults", {"duplicate": "2"}),
        ("PUT", "stripe/webhook-faults", {"hold": 1.5}),
        ("PUT", "stripe/endpoint", {"url": 5}),
        ("PUT", "stripe/endpoint", {"url": "file:///etc/passwd"}),
        ("PUT", "stripe/endpoint", {"events": [1]}),
        ("PUT", "stripe/endpoint", {"colour": 1}),
        ("PUT", "nothing/endpoint", {"url": ""}),
        ("POST", "mail/faults", {"kind": "delay", "seconds": "x"}),
        ("POST", "mail/faults", {"kind": "reject", "text": "a\r\nb"}),
        ("POST", "mail/faults", {}),
        ("POST", "stripe/events", {"type": "a", "object": []}),
        ("POST", "stripe/events", {"events": [5]}),
        ("GET", "deliveries/idle?timeout=soon", None),
    ],
)
def test_control_calls_that_make_no_sense_are_400(
    server: RunningRehearsal, method: str, path: str, body: Any
) -> None:
    answer = httpx.request(method, f"{server.base_url}/control/{path}", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST /control/reset HTTP/1.1\r\n" + HERE + b"content-length: -1\r\n\r\n",
        b"POST /control/reset HTTP/1.1\r\n" + HERE + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET /%ff%fe HTTP/1.1\r\n" + HERE + b"connection: close\r\n\r\n",
        b"GET /static/../../../etc/passwd HTTP/1.1\r\n" + HERE + b"connection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HERE + b"x: " + b"y" * 70_000 + b"\r\n\r\n",
    ],
)
def test_malformed_http_gets_a_4xx_and_a_closed_door(server: RunningRehearsal, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
        raw.sendall(sent)
        received = b""
        while piece := raw.recv(65_536):
            received += piece
    assert received.startswith(b"HTTP/1.1 4")
    assert b"root:" not in received


def test_a_body_without_end_is_cut_off_and_the_server_lives(server: RunningRehearsal) -> None:
    def endless() -> Any:
        for _ in range(200):
            yield b"x" * 100_000

    try:
        answer = httpx.post(f"{server.stripe_base}/v1/customers", content=endless(), headers=KEY)
        assert answer.status_code == 413
    except httpx.TransportError:
        pass  # the door was closed while we were still pushing: as good an answer
    assert httpx.get(server.base_url).status_code == 200


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_answered_too(server: RunningRehearsal, method: str) -> None:
    for path in ("/", "/stripe/v1/customers", "/control/faults/7", "/mail"):
        answer = httpx.request(method, server.base_url + path, headers=KEY)
        assert answer.status_code in (200, 404, 405)


def test_requests_follow_each_other_on_one_connection(
    server: RunningRehearsal, control: Rehearsal
) -> None:
    with httpx.Client(base_url=server.base_url, headers=KEY) as client:
        for _ in range(20):
            assert client.post("/nothing", content=b"unread body").status_code == 404
            assert client.post("/stripe/v1/customers", data={"name": "A"}).status_code == 200
    assert control.overview()["faces"]["stripe"]["customer"] == 20


STRANGE = (
    "", "&&&", "a", "[", "a[", "a[]]=1", "%00=%00", "expand[]=%00", "metadata[]=1", "limit=0",
    "limit=-1", "limit=1e3", "created[gt]=x", "starting_after=x", "email=%F0%9F%92%A5",
    "expand[0][a]=b", "a" * 2_000,
)  # fmt: skip


@pytest.mark.parametrize(
    "path", ["customers", "refunds", "checkout/sessions", "charges", "events", "customers/x"]
)
def test_strange_parameters_are_refused_in_stripes_words(
    server: RunningRehearsal, path: str
) -> None:
    with httpx.Client(base_url=f"{server.stripe_base}/v1/", headers=KEY) as client:
        for text in STRANGE:
            posted = client.post(path, content=text, headers=FORM)
            got = client.get(f"{path}?{text.replace('[', '%5B')}")
            assert {posted.status_code, got.status_code} <= {200, 400, 404}, text
            for answer in (posted, got):
                if answer.status_code != 200:
                    assert answer.json()["error"]["type"] == "invalid_request_error"
