"""Razorpay's API through its own SDK: what it takes, what it refuses, what it lists."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import razorpay
from razorpay.errors import BadRequestError, ServerError

from rehearsal.client import Rehearsal
from rehearsal.testing import RunningRehearsal

BASIC = ("rzp_test_x", "razorpay_rehearsal_not_a_secret")
ORDER = {"amount": 50000, "currency": "INR"}


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(BadRequestError) as caught:
        call()
    return str(caught.value)


def test_an_order_is_made_fetched_and_listed(razorpay_sdk: razorpay.Client) -> None:
    made = razorpay_sdk.order.create({**ORDER, "receipt": "r-1", "notes": {"a": "b"}})
    assert (made["status"], made["amount_due"], made["attempts"]) == ("created", 50000, 0)
    assert razorpay_sdk.order.fetch(made["id"]) == made
    assert razorpay_sdk.order.all({"receipt": "r-1"})["items"] == [made]
    assert razorpay_sdk.order.payments(made["id"])["count"] == 0
    assert razorpay_sdk.order.create(ORDER)["notes"] == []  # none at all are a list


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount": 0}, "at least INR 1.00"),
        ({"amount": "500"}, "wrong type"),
        ({"amount": True}, "wrong type"),
        ({"amount": None}, "required"),
        ({"currency": "XTS"}, "not supported"),
        ({"currency": "KWD", "amount": 5125}, "last digit"),
        ({"colour": "red"}, "colour is/are not required and should not be sent"),
        ({"receipt": "r" * 41}, "40 characters"),
        ({"notes": {str(n): "x" for n in range(16)}}, "15"),
        ({"notes": {"a": "x" * 257}}, "256"),
        ({"notes": {"a": []}}, "256"),
    ],
)
def test_an_order_razorpay_would_not_take(
    razorpay_sdk: razorpay.Client, wrong: dict[str, Any], said: str
) -> None:
    assert said in refused(lambda: razorpay_sdk.order.create({**ORDER, **wrong}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"expire_by": int(time.time()) + 600}, "15 minutes"),
        ({"expire_by": int(time.time()) + 400 * 86_400}, "15 minutes"),
        ({"callback_url": "javascript:x", "callback_method": "get"}, "valid URL"),
        ({"callback_url": "https://shop.test"}, "callback_method"),
        ({"reference_id": "x" * 41}, "40 characters"),
    ],
)
def test_a_link_razorpay_would_not_take(
    razorpay_sdk: razorpay.Client, changes: dict[str, Any], said: str
) -> None:
    assert said in refused(lambda: razorpay_sdk.payment_link.create({**ORDER, **changes}))


def test_a_reference_is_good_for_one_link(razorpay_sdk: razorpay.Client) -> None:
    made = razorpay_sdk.payment_link.create({**ORDER, "reference_id": "ours"})
    again = refused(lambda: razorpay_sdk.payment_link.create({**ORDER, "reference_id": "ours"}))
    assert "reference ID already attempted" in again
    assert razorpay_sdk.payment_link.all({"reference_id": "ours"})["payment_links"] == [made]
    assert made["notes"] is None
    assert made["payments"] is None


def test_a_link_is_paid_once_and_closed_once(
    razorpay_sdk: razorpay.Client, control: Rehearsal
) -> None:
    link = razorpay_sdk.payment_link.create(ORDER)["id"]
    for _ in range(2):
        paid = control.link(link, "pay")
        assert (paid["status"], len(paid["payments"])) == ("paid", 1)
    assert "already paid" in refused(lambda: razorpay_sdk.payment_link.cancel(link))
    other = razorpay_sdk.payment_link.create(ORDER)["id"]
    assert razorpay_sdk.payment_link.cancel(other)["status"] == "cancelled"
    assert "cancelled" in refused(lambda: razorpay_sdk.payment_link.cancel(other))
    assert razorpay_sdk.payment_link.all({"payment_id": paid["payments"][0]["payment_id"]})[
        "payment_links"
    ] == [razorpay_sdk.payment_link.fetch(link)]


def test_an_authorised_payment_is_captured_whole_and_once(
    razorpay_sdk: razorpay.Client, control: Rehearsal
) -> None:
    link = razorpay_sdk.payment_link.create(ORDER)["id"]
    payment = control.link(link, "authorize")["id"]
    assert razorpay_sdk.payment.fetch(payment)["fee"] is None
    assert "equal" in refused(lambda: razorpay_sdk.payment.capture(payment, 1, {}))
    captured = razorpay_sdk.payment.capture(payment, 50000, {"currency": "INR"})
    assert (captured["status"], captured["fee"], captured["tax"]) == ("captured", 1180, 180)
    assert "already been captured" in refused(
        lambda: razorpay_sdk.payment.capture(payment, 50000, {})
    )


class TestRefunds:
    @pytest.fixture
    def paid(self, razorpay_sdk: razorpay.Client, control: Rehearsal) -> str:
        link = razorpay_sdk.payment_link.create(ORDER)["id"]
        return str(control.link(link, "pay")["payments"][0]["payment_id"])

    def refund(self, server: RunningRehearsal, paid: str, key: str, **body: Any) -> httpx.Response:
        return httpx.post(
            f"{server.base_url}/razorpay/v1/payments/{paid}/refund",
            json=body, auth=BASIC, headers={"x-refund-idempotency": key},
        )  # fmt: skip

    def test_it_is_pending_until_somebody_says_what_became_of_it(
        self, razorpay_sdk: razorpay.Client, control: Rehearsal, paid: str
    ) -> None:
        for act, status, counted in (("process", "processed", 300), ("fail", "failed", 300)):
            made = razorpay_sdk.payment.refund(paid, {"amount": 300})
            assert made["status"] == "pending"
            assert control.razorpay_refund(made["id"], act)["status"] == status
            assert razorpay_sdk.payment.fetch(paid)["amount_refunded"] == counted
            with pytest.raises(httpx.HTTPStatusError):
                control.razorpay_refund(made["id"], act)
        assert razorpay_sdk.payment.fetch_multiple_refund(paid)["count"] == 2

    def test_the_key_is_of_a_kind_and_good_for_one_body(
        self, server: RunningRehearsal, razorpay_sdk: razorpay.Client, paid: str
    ) -> None:
        assert self.refund(server, paid, "short", amount=1).status_code == 400
        assert self.refund(server, paid, "with:colons", amount=1).status_code == 400
        first = self.refund(server, paid, "key-of-ours_1", amount=100)
        assert self.refund(server, paid, "key-of-ours_1", amount=100).json() == first.json()
        assert self.refund(server, paid, "key-of-ours_1", amount=101).status_code == 409
        assert razorpay_sdk.refund.all()["count"] == 1

    def test_no_more_than_there_is(self, razorpay_sdk: razorpay.Client, paid: str) -> None:
        razorpay_sdk.payment.refund(paid, {"amount": 40000})
        assert "greater" in refused(lambda: razorpay_sdk.payment.refund(paid, {"amount": 10001}))
        razorpay_sdk.payment.refund(paid, {})
        assert razorpay_sdk.payment.fetch(paid)["status"] == "refunded"
        assert "fully refunded" in refused(lambda: razorpay_sdk.payment.refund(paid, {}))


def test_lists_are_newest_first_and_cut_by_count_skip_and_time(
    razorpay_sdk: razorpay.Client,
) -> None:
    made = [razorpay_sdk.order.create(ORDER)["id"] for _ in range(12)]
    newest = list(reversed(made))
    assert [one["id"] for one in razorpay_sdk.order.all()["items"]] == newest[:10]
    page = razorpay_sdk.order.all({"count": 5, "skip": 4})
    assert [one["id"] for one in page["items"]] == newest[4:9]
    now = int(time.time())
    assert razorpay_sdk.order.all({"from": now + 100, "count": 100})["count"] == 0
    assert razorpay_sdk.order.all({"to": now + 100, "count": 100})["count"] == 12
    for wrong in ({"count": 101}, {"count": 0}, {"from": 5}, {"from": "x"}, {"colour": "red"}):
        refused(lambda wrong=wrong: razorpay_sdk.order.all(wrong))


@pytest.mark.parametrize(
    ("auth", "status"),
    [
        (BASIC, 200),
        (("rzp_test_other", BASIC[1]), 200),
        (("rzp_test_x", "wrong"), 401),
        (("rzp_live_x", BASIC[1]), 401),
        (("", ""), 401),
        (None, 401),
    ],
)
def test_key_and_secret_must_fit_and_live_keys_never_do(
    server: RunningRehearsal, auth: Any, status: int
) -> None:
    answer = httpx.get(f"{server.base_url}/razorpay/v1/payments", auth=auth)
    assert answer.status_code == status
    if status == 401:
        assert answer.json()["error"]["code"] == "BAD_REQUEST_ERROR"


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("POST", "/v1/orders", b"nonsense"),
        ("POST", "/v1/orders", b"[]"),
        ("POST", "/v1/orders", b'{"amount": 1e999, "currency": "INR"}'),
        ("POST", "/v1/plans", b'{"period": "monthly", "interval": 1, "item": {}}'),
        ("POST", "/v1/plans", b'{"period": "hourly", "interval": 1, "item": {"name": "a", '
                              b'"amount": 100, "currency": "INR"}}'),
        ("POST", "/v1/subscriptions", b'{"plan_id": "plan_x", "total_count": 1}'),
        ("GET", "/v1/nothing", b""),
        ("PATCH", "/v1/orders", b"{}"),
        ("GET", "/v1/payments/pay_unknown", b""),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_razorpays_words(
    server: RunningRehearsal, method: str, path: str, content: bytes
) -> None:
    answer = httpx.request(method, f"{server.base_url}/razorpay{path}", content=content, auth=BASIC)
    assert answer.status_code == 400
    assert answer.json()["error"]["description"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("events", {"event": "a"}),
        ("events", {"event": "a", "entities": {"payment": 5}}),
        ("links/plink_x/pay", {}),
        ("links/plink_x/dance", {}),
        ("replay/del_x", {}),
    ],
)
def test_control_calls_that_make_no_sense_are_refused(
    server: RunningRehearsal, path: str, body: Any
) -> None:
    answer = httpx.post(f"{server.base_url}/control/razorpay/{path}", json=body)
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]


def test_faults_answer_in_razorpays_words_before_or_after_the_work(
    razorpay_sdk: razorpay.Client, control: Rehearsal
) -> None:
    for work, orders in ((False, 0), (True, 1)):
        control.add_fault("status", face="razorpay", status=500, work=work, times=1)
        with pytest.raises(ServerError):
            razorpay_sdk.order.create(ORDER)
        assert razorpay_sdk.order.all()["count"] == orders
    control.add_fault("status", face="razorpay", status=429, times=1)
    assert refused(lambda: razorpay_sdk.order.all()) == "Too many requests"


def test_the_journal_brings_everything_back(
    rehearsal_server: Callable[..., RunningRehearsal],
) -> None:
    first = rehearsal_server()
    wanted = {**ORDER, "reference_id": "kept"}
    link = posted(first, "payment_links", wanted).json()["id"]
    paid = first.client.link(link, "pay")["payments"][0]["payment_id"]
    refund = posted(first, f"payments/{paid}/refund", {"amount": 100}).json()
    book = first.client.razorpay_book()
    first.kill()
    second = rehearsal_server(first.data)
    assert second.client.razorpay_book() == book
    assert posted(second, f"payments/{paid}/refund", {"amount": 100}).json() == refund
    again = posted(second, "payment_links", wanted).json()
    assert "already attempted" in again["error"]["description"]


def posted(running: RunningRehearsal, path: str, body: dict[str, Any]) -> httpx.Response:
    """A POST under one idempotency key."""
    url = f"{running.base_url}/razorpay/v1/{path}"
    return httpx.post(url, json=body, auth=BASIC, headers={"x-refund-idempotency": "our-key-000"})
