"""API calls that go wrong on purpose, seen through the official SDK and plain HTTP."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import stripe

from rehearsal.client import Rehearsal
from rehearsal.testing import RunningRehearsal

KEY = {"authorization": "Bearer sk_test_a"}


def test_the_work_is_done_though_the_answer_is_lost(
    control: Rehearsal, new_session: Callable[..., Any]
) -> None:
    control.add_fault("lost_answer", method="POST", times=1)
    with pytest.raises(stripe.APIConnectionError):
        new_session()
    assert len(control.stripe_book()["sessions"]) == 1


def test_asking_again_with_the_same_key_after_a_lost_answer_finds_the_work(
    server: RunningRehearsal, control: Rehearsal
) -> None:
    patient = stripe.StripeClient(
        "sk_test_a", base_addresses={"api": server.stripe_base}, max_network_retries=1
    )
    control.add_fault("lost_answer", method="POST", times=1)
    customer = patient.v1.customers.create({"email": "a@example.com"})
    assert control.overview()["faces"]["stripe"]["customer"] == 1
    assert patient.v1.customers.retrieve(customer.id).email == "a@example.com"


def test_a_hanging_call_does_no_work_and_gets_no_answer(
    server: RunningRehearsal, control: Rehearsal
) -> None:
    control.add_fault("hang", seconds=30, times=1)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{server.stripe_base}/v1/customers", headers=KEY, timeout=0.3)
    assert control.overview()["faces"]["stripe"] == {}


def test_a_hang_ends_with_a_reset(server: RunningRehearsal, control: Rehearsal) -> None:
    control.add_fault("hang", seconds=0.1, times=1)
    with pytest.raises(httpx.ReadError):
        httpx.get(f"{server.stripe_base}/v1/charges", headers=KEY)


def test_an_answer_can_break_off_in_the_middle(
    server: RunningRehearsal, control: Rehearsal
) -> None:
    control.add_fault("cut", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{server.stripe_base}/v1/charges", headers=KEY)
    assert httpx.get(f"{server.stripe_base}/v1/charges", headers=KEY).status_code == 200


def test_a_delayed_call_works_later(server: RunningRehearsal, control: Rehearsal) -> None:
    control.add_fault("delay", seconds=0.3, path="/v1/charges", times=1)
    began = time.monotonic()
    assert httpx.get(f"{server.stripe_base}/v1/charges", headers=KEY).status_code == 200
    assert time.monotonic() - began > 0.3


def test_a_dripping_answer_defeats_read_timeouts(
    server: RunningRehearsal, control: Rehearsal
) -> None:
    control.add_fault("drip", seconds=0.01, times=1)
    began = time.monotonic()
    answer = httpx.get(f"{server.stripe_base}/v1/charges", headers=KEY, timeout=0.6)
    assert answer.json()["data"] == []
    assert time.monotonic() - began > 0.6


@pytest.mark.parametrize(
    ("status", "error"),
    [(429, stripe.RateLimitError), (500, stripe.APIError), (503, stripe.APIError)],
)
def test_status_faults_speak_stripes_language(
    control: Rehearsal, sdk: stripe.StripeClient, status: int, error: type[Exception]
) -> None:
    control.add_fault("status", status=status, times=1)
    with pytest.raises(error):
        sdk.v1.charges.list()
    assert sdk.v1.charges.list().data == []


def test_a_failure_after_the_work_leaves_the_work_done(
    control: Rehearsal, new_session: Callable[..., Any]
) -> None:
    control.add_fault("status", status=500, work=True, times=1)
    with pytest.raises(stripe.APIError):
        new_session()
    assert len(control.stripe_book()["sessions"]) == 1


def test_a_share_of_calls_fails(control: Rehearsal, sdk: stripe.StripeClient) -> None:
    control.add_fault("status", status=500, rate=0.5)
    failed = 0
    for _ in range(60):
        try:
            sdk.v1.charges.list()
        except stripe.APIError:
            failed += 1
    assert 10 < failed < 50
    assert control.faults()[0]["hits"] == failed
    control.clear_faults()
    assert control.faults() == []


def test_faults_hit_only_what_they_are_meant_for(
    control: Rehearsal, sdk: stripe.StripeClient, new_session: Callable[..., Any]
) -> None:
    control.add_fault("status", path="/v1/refunds*", method="POST")
    control.add_fault("status", face="fcm")
    session = new_session()
    assert sdk.v1.refunds.list().data == []
    assert httpx.get(session.url).status_code == 200


def test_nonsense_is_refused(control: Rehearsal) -> None:
    for wrong in ({"kind": "explode"}, {"kind": "delay", "seconds": -1},
                  {"kind": "delay", "colour": 1}, {"kind": "status", "status": 7},
                  {"kind": "status", "rate": 2}, {"kind": "delay", "seconds": "x"}):  # fmt: skip
        with pytest.raises(httpx.HTTPStatusError, match="400"):
            control.add_fault(str(wrong.pop("kind")), **wrong)
    assert control.faults() == []


def test_other_sites_pages_cannot_steer_it(server: RunningRehearsal) -> None:
    reset = f"{server.base_url}/control/reset"
    assert httpx.post(reset, headers={"origin": "http://evil.test"}).status_code == 403
    assert httpx.post(reset, headers={"origin": server.base_url}).status_code == 200
    assert httpx.get(server.base_url, headers={"host": "evil.test"}).status_code == 400


def test_bodies_that_are_not_json_objects_are_refused(server: RunningRehearsal) -> None:
    for body in (b"{", b"[1]", b"\xff"):
        answer = httpx.post(f"{server.base_url}/control/faults", content=body)
        assert answer.status_code == 400
        assert "error" in answer.json()
