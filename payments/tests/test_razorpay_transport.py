"""The SDK's only way out is the house's own client; what it would lose or swallow is kept."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import requests

from core.outbound import client as outbound
from core.outbound.errors import CircuitOpen
from payments.gateways.interface import GatewayError, NotAtGateway
from payments.gateways.razorpay import transport
from payments.gateways.razorpay.adapter import RazorpayGateway
from payments.gateways.razorpay.errors import translated
from payments.gateways.registry import gateway
from payments.tests.razorpay_house import RazorpayHouse

pytestmark = pytest.mark.django_db


class Wire:
    """In place of the network: keeps what goes out, answers what it is told."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        self.sent: list[Any] = []
        self.answers: Iterator[tuple[int, bytes]] = iter(answers)

    def handle_request(self, request: Any) -> httpx.Response:
        self.sent.append(request)
        status, body = next(self.answers)
        return httpx.Response(status, stream=httpx.ByteStream(body), request=request)

    def close(self) -> None:
        """Nothing to hang up."""


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An adapter for api.razorpay.com whose connections are a Wire."""
    monkeypatch.setattr(transport, "SERVICE", f"razorpay-{uuid4().hex}")

    def make(*answers: tuple[int, bytes]) -> tuple[RazorpayGateway, Wire]:
        wire = Wire(*answers)
        monkeypatch.setattr(outbound.OutboundClient, "_connections", lambda self: wire)
        there = RazorpayGateway(
            key_id="rzp_test_k", key_secret="secret", api_base="https://api.razorpay.com"
        )
        return there, wire

    return make


EMPTY = b'{"entity": "collection", "count": 0, "items": []}'


def test_calls_go_where_they_should_with_nothing_of_the_machines(
    wired: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    there, wire = wired((200, EMPTY))
    there.check()
    (request,) = wire.sent
    assert str(request.url) == "https://api.razorpay.com/v1/payments?count=1"
    assert request.headers["authorization"].startswith("Basic ")
    assert request.headers["accept-encoding"] == "identity"  # compressed answers are not taken
    assert request.headers["user-agent"] == "Razorpay-Python/2.0.1"
    assert "cookie" not in request.headers


def test_no_other_adapter_is_mounted() -> None:
    made = transport.session("https://api.razorpay.com")
    assert {type(one) for one in made.adapters.values()} == {transport.OutboundAdapter}
    assert not made.trust_env
    with pytest.raises(requests.exceptions.InvalidSchema):
        made.get("ftp://example.com")


@pytest.mark.parametrize(
    ("status", "body", "retryable", "said"),
    [
        (400, b'{"error": {"code": "BAD_REQUEST_ERROR", "description": "No."}}', False, "No."),
        (400, b'{"error": {"code": "BAD_REQUEST_ERROR"}}', False, "Razorpay refused it."),
        (401, b'{"error": {"description": "Authentication failed"}}', True, "refused our key"),
        (409, b'{"error": {"description": "Another request is in progress"}}', True, "wait"),
        (500, b"<html>oops</html>", True, "failed to do it"),
        (400, b"[]", False, "refused it"),
        (302, b"", False, "refused it"),  # nothing is followed
    ],
)
def test_a_refusal_keeps_its_status_and_says_whether_to_try_again(
    wired: Any, status: int, body: bytes, retryable: bool, said: str
) -> None:
    there, _ = wired((status, body))
    with pytest.raises(GatewayError, match=said) as caught:
        there.check()
    assert caught.value.retryable is retryable


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_razorpay_is_asked_again_and_then_left(wired: Any, status: int) -> None:
    there, wire = wired((status, b"{}"), (status, b"{}"), (200, EMPTY))
    there.check()
    assert len(wire.sent) == 3
    there, wire = wired(*[(status, b"{}")] * 3)
    with pytest.raises(GatewayError) as caught:
        there.check()
    assert caught.value.retryable
    assert not caught.value.answered


@pytest.mark.parametrize(
    "words",
    [
        "The id provided does not exist",
        "pay_x is not a valid id",
        "invalid input [strippedId] = [x]",
    ],
)
def test_razorpays_way_of_saying_not_found(wired: Any, words: str) -> None:
    there, _ = wired((400, b'{"error": {"description": "%s"}}' % words.encode()))
    with pytest.raises(NotAtGateway):
        there.fetch(payment_ref="pay_x")


@pytest.mark.parametrize("answer", [b"<html>maintenance</html>", b"[]", b"null", b"", b"\xff"])
def test_an_answer_that_is_no_json_object_is_a_failure_and_no_crash(
    wired: Any, answer: bytes
) -> None:
    there, _ = wired((200, answer))
    with pytest.raises(GatewayError, match="in time") as caught:
        there.check()
    assert caught.value.retryable


@pytest.mark.parametrize("answer", [b"{}", b'{"id": "pay_1", "status": "new", "notes": []}'])
def test_an_answer_in_unknown_words_is_asked_for_again_later(wired: Any, answer: bytes) -> None:
    there, _ = wired((200, answer))
    with pytest.raises(GatewayError, match="cannot be read") as caught:
        there.fetch(payment_ref="pay_1")
    assert caught.value.retryable


def test_the_sdk_prints_nothing_to_the_terminal(
    razorpay: RazorpayHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    razorpay.there.add_fault("hang", face="razorpay", seconds=0)
    with pytest.raises(GatewayError):
        gateway("razorpay").check()
    assert "Connection failed" not in capsys.readouterr().out


def test_a_razorpay_that_keeps_failing_is_left_alone(razorpay: RazorpayHouse) -> None:
    razorpay.there.add_fault("status", face="razorpay", status=500)
    for _ in range(6):
        with pytest.raises(GatewayError):
            gateway("razorpay").check()
    before = len(razorpay.there.razorpay_requests())
    with pytest.raises(GatewayError) as caught:
        gateway("razorpay").check()
    assert isinstance(caught.value.__cause__, CircuitOpen)
    assert len(razorpay.there.razorpay_requests()) == before


@pytest.mark.parametrize(
    ("method", "path", "headers", "expected"),
    [
        ("GET", "/v1/payments", {}, None),
        ("PATCH", "/v1/subscriptions/s", {}, None),
        ("POST", "/v1/payment_links", {}, True),
        ("POST", "/v1/payment_links/plink_1/cancel", {}, True),
        ("POST", "/v1/customers", {}, True),
        ("POST", "/v1/payments/pay_1/refund", {"X-Refund-Idempotency": "k"}, True),
        ("POST", "/v1/payments/pay_1/refund", {}, False),
        ("POST", "/v1/subscriptions", {}, False),
        ("POST", "/v1/plans", {}, False),
    ],
)
def test_only_what_may_be_done_twice_is_tried_twice(
    method: str, path: str, headers: dict[str, str], expected: bool | None
) -> None:
    assert transport.may_be_repeated(method, path, headers) is expected


def test_operations_are_coarse() -> None:
    assert transport.operation_of("POST", "/v1/payment_links/plink_1/cancel?x=1") == (
        "POST payment_links"
    )


def test_a_deadline_that_has_passed_is_an_answer_that_did_not_come() -> None:
    with pytest.raises(GatewayError, match="in time"), translated():
        raise TimeoutError


def test_a_list_that_is_none_is_asked_for_again_later(wired: Any) -> None:
    there, _ = wired((200, b'{"entity": "collection"}'))
    with pytest.raises(GatewayError, match="cannot be read") as caught:
        there.refunds_of(payment_ref="pay_1")
    assert caught.value.retryable


def test_one_payment_nobody_can_read_does_not_hide_the_others(wired: Any) -> None:
    plain = {
        "id": "pay_1", "status": "captured", "captured": True, "amount": 100, "currency": "INR",
        "notes": [], "fee": 2, "created_at": 1_700_000_000,
    }  # fmt: skip
    items = [plain | {"id": "pay_2", "currency": "HRK"}, plain]
    there, _ = wired((200, json.dumps({"items": items}).encode()))
    now = datetime.now(UTC)
    found = list(there.payments_between(now - timedelta(days=1), now))
    assert [one.payment_ref for one in found] == ["pay_1"]
