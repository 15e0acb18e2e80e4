"""Deadlines, caps, retries: a call ends, whatever the other side does."""

import socket
import threading
import time
import tracemalloc

import pytest

from core.outbound import CallFailed, CircuitOpen, OutboundClient
from core.outbound.breaker_stores import MemoryStore
from core.tests.outbound_helpers import (
    OK,
    answering,
    dripping,
    dripping_head,
    endless,
    hanging,
    server,
    status,
)  # fmt: skip


def client_of(base: str, **more: object) -> OutboundClient:
    return OutboundClient(service="shop", base_url=base, breakers=MemoryStore(), **more)


def test_an_answer_comes_back_whole() -> None:
    with server(answering(OK)) as listening:
        answer = client_of(listening.base).request(
            "POST", "/v1/things?a=1", operation="make", json={"b": 2}, headers={"X-Key": "k"}
        )
        assert (answer.status, answer.json(), answer.ok) == (200, {}, True)
        head = listening.requests[0]
    assert head.startswith(b"POST /v1/things?a=1 HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{listening.port}".encode() in head
    assert b"x-key: k" in head.lower()


@pytest.mark.parametrize("behave", [dripping, dripping_head, hanging])
def test_no_way_of_being_slow_outlasts_the_deadline(behave) -> None:
    with server(behave) as listening:
        began = time.monotonic()
        with pytest.raises(CallFailed) as failed:
            client_of(listening.base, deadline_seconds=0.6).request("POST", "/", operation="x")
        assert time.monotonic() - began < 1.5
    assert failed.value.perhaps_done
    assert failed.value.code == "upstream_unavailable"


def test_the_deadline_covers_the_retries_too() -> None:
    with server(hanging) as listening:
        began = time.monotonic()
        with pytest.raises(CallFailed):
            client_of(listening.base, deadline_seconds=0.5).request("GET", "/", operation="x")
        assert time.monotonic() - began < 1.4


def test_a_slow_name_server_does_not_outlast_it_either() -> None:
    def slow(host: str, port: int) -> list[str]:
        time.sleep(3)
        return []

    client = OutboundClient(
        service="alerts", resolver=slow, breakers=MemoryStore(), deadline_seconds=0.4
    )
    began = time.monotonic()
    with pytest.raises(CallFailed) as failed:
        client.request("POST", "https://slow.example/", operation="x")
    assert time.monotonic() - began < 1.2
    assert not failed.value.perhaps_done


def test_a_gigabyte_is_not_read() -> None:
    with server(endless) as listening:
        tracemalloc.start()
        with pytest.raises(CallFailed, match="more than 1048576 bytes") as failed:
            client_of(listening.base).request("GET", "/", operation="x")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(listening.requests) == 1, "a spoiled answer is not asked for again"
    assert peak < 8_000_000
    assert not failed.value.retryable


def test_a_compressed_bomb_is_not_unpacked() -> None:
    bomb = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nxxx"
    with server(answering(bomb)) as listening, pytest.raises(CallFailed, match="compressed"):
        client_of(listening.base).request("GET", "/", operation="x")


def test_cookies_are_not_kept() -> None:
    with server(answering(status(200, "Set-Cookie: a=b\r\n"))) as listening:
        client = client_of(listening.base)
        for _ in range(2):
            client.request("GET", "/", operation="x")
        assert b"cookie" not in listening.requests[1].lower()


def test_reading_is_tried_again_after_a_busy_answer() -> None:
    with server(answering(status(503), status(502), OK)) as listening:
        assert client_of(listening.base).request("GET", "/", operation="x").ok
        assert len(listening.requests) == 3


def test_writing_is_tried_once_unless_the_caller_says_it_is_safe() -> None:
    with server(answering(status(503), OK)) as listening:
        client = client_of(listening.base)
        assert client.request("POST", "/", operation="x").status == 503
        assert len(listening.requests) == 1
    with server(answering(status(503), OK)) as listening:
        client = client_of(listening.base)
        assert client.request("POST", "/", operation="x", idempotent=True).ok


def test_a_wait_longer_than_the_deadline_is_left_to_the_caller() -> None:
    busy = status(429, "Retry-After: 60\r\n")
    with server(answering(busy)) as listening:
        began = time.monotonic()
        answer = client_of(listening.base).request("GET", "/", operation="x")
        assert time.monotonic() - began < 1
        assert (answer.status, answer.retry_after) == (429, 60.0)
        assert len(listening.requests) == 1


def test_retries_stay_below_a_tenth_once_the_reserve_is_used_up() -> None:
    with server(answering(status(429))) as listening:
        client = client_of(listening.base)
        for _ in range(40):
            client.request("GET", "/", operation="x", deadline_seconds=5)
        assert len(listening.requests) <= 40 + 5 + 4 + 1


def test_a_log_line_names_the_call_and_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    with server(answering(OK)) as listening, caplog.at_level("INFO"):
        client_of(listening.base).request(
            "POST",
            "/hooks/T0KEN-in-path?key=s3cret",
            operation="alert",
            headers={"Authorization": "Bearer s3cret"},
            json={"password": "s3cret"},
        )
    logs = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    (line,) = [entry for entry in logs if entry["event"] == "outbound.call"]
    assert (line["service"], line["operation"], line["status"]) == ("shop", "alert", 200)
    assert "s3cret" not in str(logs)
    assert "T0KEN" not in str(logs) + caplog.text


def test_a_forked_worker_does_not_share_its_parents_connections() -> None:
    with server(answering(OK)) as listening:
        client = client_of(listening.base)
        client.request("GET", "/", operation="x")
        first = client._connections()
        client._pid -= 1  # what a fork looks like from the inside
        assert client._connections() is not first


def test_nobody_listening_is_known_not_to_have_happened() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(CallFailed) as failed:
        client_of(f"http://127.0.0.1:{port}").request("POST", "/", operation="x")
    assert not failed.value.perhaps_done


def test_an_open_breaker_refuses_at_once_without_a_connection() -> None:
    with server(answering(status(500))) as listening:
        client = client_of(listening.base)
        for _ in range(5):
            client.request("POST", "/", operation="pay")
        with pytest.raises(CircuitOpen) as refused:
            client.request("POST", "/", operation="pay")
        assert refused.value.after > 1
        assert len(listening.requests) == 5
        assert client.request("POST", "/", operation="refund").status == 500


def test_one_slow_service_does_not_hold_up_another() -> None:
    with server(hanging) as slow, server(answering(OK)) as quick:
        held = client_of(slow.base, deadline_seconds=1.5)
        threads = [threading.Thread(target=_suffer, args=(held,), daemon=True) for _ in range(8)]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        assert client_of(quick.base).request("GET", "/", operation="x").ok
        assert time.monotonic() - began < 1.2
        for thread in threads:
            thread.join()


def _suffer(client: OutboundClient) -> None:
    with pytest.raises(CallFailed):
        client.request("POST", "/", operation="x")
