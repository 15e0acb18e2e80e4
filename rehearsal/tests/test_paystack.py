"""The Paystack face: an API that answers like Paystack's, a page, webhooks with its signature."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from rehearsal.client import Rehearsal
from rehearsal.paystack.money import fee_of
from rehearsal.testing import RunningRehearsal
from rehearsal.tests.receiver import Receiver

KEY = "sk_test_rehearsal_paystack"
Call = Callable[..., httpx.Response]


@pytest.fixture
def call(server: RunningRehearsal) -> Iterator[Call]:
    """One API call; the answer as it is."""
    with httpx.Client(base_url=server.client.paystack_base, timeout=30) as http:

        def call(method: str, path: str, *, key: str = f"Bearer {KEY}", **more: Any) -> Any:
            return http.request(method, path, headers={"Authorization": key}, **more)

        yield call


@pytest.fixture
def initialize(call: Call) -> Callable[..., dict[str, Any]]:
    """A new transaction over 100 naira; keywords change its parameters."""

    def make(**changes: Any) -> dict[str, Any]:
        body = {"email": "amina@example.com", "amount": 10_000, "currency": "NGN"}
        answer = call("POST", "/transaction/initialize", json=body | changes)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["data"])

    return make


@pytest.fixture
def told(server: RunningRehearsal) -> Iterator[Receiver]:
    """A shop that takes Paystack's webhooks."""
    receiver = Receiver()
    server.client.send_webhooks_to(receiver.url, secret=KEY, face="paystack")
    yield receiver
    server.client.send_webhooks_to("", face="paystack")
    server.client.end_webhook_faults(face="paystack")
    receiver.close()


def data_of(receiver: Receiver, count: int) -> dict[str, Any]:
    """What was told by now, by type: webhooks overtake each other."""
    told = [json.loads(posted.body) for posted in receiver.wait_for(count)]
    return {event["event"]: event["data"] for event in told}


def events(receiver: Receiver, count: int) -> set[str]:
    return set(data_of(receiver, count))


def test_answers_come_in_paystacks_envelope(call: Call, initialize: Any) -> None:
    made = initialize(reference="ref-1")
    assert set(made) == {"authorization_url", "access_code", "reference"}
    said = call("GET", "/transaction/verify/ref-1").json()
    assert (said["status"], said["message"]) == (True, "Verification successful")
    assert (said["data"]["status"], said["data"]["domain"]) == ("abandoned", "test")
    by_number = call("GET", f"/transaction/{said['data']['id']}").json()["data"]
    assert by_number == said["data"]


@pytest.mark.parametrize("key", ["", "Bearer", "Basic abc", "Bearer pk_test_x", "Bearer sk_live_x"])
def test_a_key_is_needed_and_never_a_live_one(call: Call, key: str) -> None:
    refused = call("GET", "/transaction", key=key)
    assert (refused.status_code, refused.json()["status"]) == (401, False)


def test_a_reference_works_once(call: Call, initialize: Any) -> None:
    initialize(reference="ref-1")
    again = call(
        "POST", "/transaction/initialize",
        json={"email": "a@example.com", "amount": 500, "reference": "ref-1"},
    )  # fmt: skip
    assert again.status_code == 400
    assert again.json()["code"] == "duplicate_reference"
    assert again.json()["message"] == "Duplicate Transaction Reference"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "nobody"}, "Email"), ({"email": None}, "Email"), ({"amount": 0}, "valid amount"),
        ({"amount": 12.5}, "integer"), ({"amount": "x"}, "integer"), ({"amount": 10**10}, "limit"),
        ({"currency": "JPY"}, "Currency"), ({"reference": "a b"}, "Invalid character"),
        ({"plan": "PLN_never"}, "Plan not found"),
    ],
)  # fmt: skip
def test_what_paystack_refuses_is_refused(call: Call, changes: dict, said: str) -> None:
    body = {"email": "amina@example.com", "amount": 10_000}
    refused = call("POST", "/transaction/initialize", json=body | changes)
    assert refused.status_code in (400, 404)
    assert said in refused.json()["message"]


def test_unknown_things_and_addresses_are_said_so(call: Call) -> None:
    for path in ("/transaction/verify/x", "/transaction/4", "/refund/4", "/dispute/4", "/nowhere"):
        answer = call("GET", path)
        assert answer.status_code in (400, 404)
        assert answer.json()["status"] is False
    assert call("POST", "/refund", content=b"{").status_code == 400


def test_a_payment_is_told_with_a_signature_over_the_body_and_nothing_else(
    control: Rehearsal, told: Receiver, initialize: Any
) -> None:
    made = initialize(metadata={"a": 1})
    control.paystack(made["reference"])
    (posted,) = told.wait_for(1)
    assert posted.headers["x-paystack-signature"] == (
        hmac.new(KEY.encode(), posted.body, hashlib.sha512).hexdigest()
    )
    event = json.loads(posted.body)
    assert set(event) == {"event", "data"}
    assert (event["event"], event["data"]["status"]) == ("charge.success", "success")
    assert (event["data"]["fees"], event["data"]["metadata"]) == (150, {"a": 1})
    assert not any("id" in name or "time" in name for name in posted.headers if "paystack" in name)


@pytest.mark.parametrize("fault", ["tamper", "wrong_secret"])
def test_a_spoiled_webhook_does_not_verify_and_is_sent_again(
    control: Rehearsal, told: Receiver, initialize: Any, fault: str
) -> None:
    told.answers.append(401)
    control.webhook_faults(face="paystack", **{fault: {"next": 1}})
    control.paystack(initialize()["reference"])
    genuine = [
        posted.headers["x-paystack-signature"]
        == hmac.new(KEY.encode(), posted.body, hashlib.sha512).hexdigest()
        for posted in told.wait_for(2)
    ]
    assert genuine == [False, True]


def test_webhooks_can_be_repeated_and_shuffled(
    control: Rehearsal, told: Receiver, initialize: Any
) -> None:
    control.webhook_faults(face="paystack", duplicate=1, hold=6, seed=3)
    for number in range(3):
        control.paystack(initialize(reference=f"ref-{number}")["reference"])
    bodies = [posted.body for posted in told.wait_for(6)]
    assert len(set(bodies)) == 3
    in_order = [json.loads(body)["data"]["reference"] for body in bodies]
    assert in_order != sorted(in_order)


def test_the_page_pays_fails_waits_and_lets_go(
    call: Call, control: Rehearsal, initialize: Any
) -> None:
    made = initialize(
        callback_url="http://shop.test/thanks?a=1",
        metadata={"cancel_action": "http://shop.test/cart"},
        reference='ref-1',
    )  # fmt: skip
    page = made["authorization_url"]
    shown = httpx.get(page).text
    for piece in ('id="pay"', 'id="fail"', 'id="slow"', 'id="abandon"', "100.00 NGN", "ref-1"):
        assert piece in shown
    assert "<script" not in shown
    assert httpx.post(page, data={"action": "fail"}).status_code == 303
    assert 'id="failed"' in httpx.get(page).text
    gone = httpx.post(page, data={"action": "abandon"})
    assert gone.headers["location"] == "http://shop.test/cart"
    httpx.post(page, data={"action": "slow"})
    assert 'id="arrive"' in httpx.get(page).text
    paid = httpx.post(page, data={"action": "pay", "email": "other@example.com"})
    assert paid.headers["location"] == "http://shop.test/thanks?a=1&trxref=ref-1&reference=ref-1"
    assert 'id="paid"' in httpx.get(page).text
    assert call("GET", "/transaction/verify/ref-1").json()["data"]["status"] == "success"
    httpx.post(page, data={"action": "pay"})
    assert control.paystack_book()["totals"]["NGN"]["charges"] == 1
    assert httpx.get(f"{control.paystack_base}/pay/nothing").status_code == 404


def test_names_from_the_shop_cannot_become_html(initialize: Any) -> None:
    made = initialize(email='"><script>alert(1)</script>@example.com'.replace(" ", ""))
    assert "<script" not in httpx.get(made["authorization_url"]).text


def test_refunds_wait_and_are_told_without_an_id(
    call: Call, control: Rehearsal, told: Receiver, initialize: Any
) -> None:
    reference = initialize()["reference"]
    control.paystack(reference)
    made = call("POST", "/refund", json={"transaction": reference, "amount": 4_000}).json()["data"]
    assert (made["status"], made["transaction"]["reference"]) == ("pending", reference)
    control.paystack_refund(made["id"], "processing")
    control.paystack_refund(made["id"], "processed")
    by_type = data_of(told, 4)
    assert set(by_type) == {
        "charge.success", "refund.pending", "refund.processing", "refund.processed",
    }  # fmt: skip
    data = by_type["refund.processed"]
    assert (data["amount"], data["transaction_reference"]) == ("4000", reference)
    assert "id" not in data
    (listed,) = call("GET", "/refund", params={"transaction": reference}).json()["data"]
    assert call("GET", f"/refund/{made['id']}").json()["data"] == listed
    assert call("GET", "/refund", params={"transaction": "never"}).status_code == 400
    too_much = call("POST", "/refund", json={"transaction": reference, "amount": 6_001})
    assert "more than" in too_much.json()["message"]
    rest = call("POST", "/refund", json={"transaction": reference}).json()["data"]
    assert rest["amount"] == 6_000
    control.paystack_refund(rest["id"], "processed")
    shown = call("GET", f"/transaction/verify/{reference}").json()["data"]
    assert shown["status"] == "reversed"


def test_a_failed_refund_leaves_the_money_and_one_without_an_account_waits(
    call: Call, control: Rehearsal, initialize: Any
) -> None:
    reference = initialize()["reference"]
    control.paystack(reference)
    made = call("POST", "/refund", json={"transaction": reference}).json()["data"]
    control.paystack_refund(made["id"], "failed")
    again = call("POST", "/refund", json={"transaction": reference}).json()["data"]
    path = f"/refund/retry_with_customer_details/{again['id']}"
    details = {"currency": "NGN", "account_number": "1234567890", "bank_id": "9"}
    assert call("POST", path, json={"refund_account_details": details}).status_code == 422
    control.paystack_refund(again["id"], "needs-attention")
    assert call("POST", path, json={}).status_code == 400
    retried = call("POST", path, json={"refund_account_details": details}).json()["data"]
    assert retried["status"] == "processing"


def test_lists_have_pages_bounds_and_a_meta(call: Call, initialize: Any) -> None:
    for number in range(5):
        initialize(reference=f"ref-{number}")
    said = call("GET", "/transaction", params={"perPage": 2, "page": 2}).json()
    assert [row["reference"] for row in said["data"]] == ["ref-2", "ref-1"]
    assert said["meta"] == {"total": 5, "skipped": 2, "perPage": 2, "page": 2, "pageCount": 3}
    times = [row["created_at"] for row in call("GET", "/transaction").json()["data"]]
    middle = times[2]
    later = call("GET", "/transaction", params={"from": middle}).json()["meta"]["total"]
    earlier = call("GET", "/transaction", params={"to": middle}).json()["meta"]["total"]
    assert later == sum(time >= middle for time in times)  # both ends count
    assert earlier == sum(time <= middle for time in times)
    assert call("GET", "/transaction", params={"from": "yesterday"}).status_code == 400
    assert call("GET", "/transaction", params={"page": 0}).status_code == 400


def test_the_book_adds_up_per_currency(call: Call, control: Rehearsal, initialize: Any) -> None:
    for amount, currency in ((10_000, "NGN"), (300_000, "NGN"), (5_000, "GHS")):
        control.paystack(initialize(amount=amount, currency=currency)["reference"])
    paid = control.paystack_book()["charges"][1]["reference"]
    made = call("POST", "/refund", json={"transaction": paid, "amount": 1_000}).json()["data"]
    control.paystack_refund(made["id"], "processed")
    call("POST", "/refund", json={"transaction": paid, "amount": 7})  # not processed: no money yet
    dispute = control.paystack_dispute(paid, amount=2_000)
    control.paystack_dispute_moves(dispute["id"], "merchant-accepted")
    won = control.paystack_dispute(paid, amount=9_000)
    control.paystack_dispute_moves(won["id"], "declined")
    fees = 150 + 4_500 + 10_000
    assert control.paystack_book()["totals"] == {
        "NGN": {
            "charged": 310_000, "refunded": 1_000, "disputed": 2_000, "fees": fees,
            "net": 310_000 - 1_000 - 2_000 - fees, "charges": 2, "refunds": 1, "disputes": 1,
        },
        "GHS": {
            "charged": 5_000, "refunded": 0, "disputed": 0, "fees": 145, "net": 4_855,
            "charges": 1, "refunds": 0, "disputes": 0,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "currency", "fee"),
    [(10_000, "NGN", 150), (249_999, "NGN", 3_750), (250_000, "NGN", 13_750),
     (100_000_000, "NGN", 200_000), (1_000, "USD", 29), (500_000, "XOF", 14_500),
     (70_000, "XOF", 2_100)],
)  # fmt: skip
def test_fees_can_be_checked_by_hand(amount: int, currency: str, fee: int) -> None:
    assert fee_of(amount, currency) == fee


def test_paystack_can_be_told_to_mislead(call: Call, control: Rehearsal, initialize: Any) -> None:
    reference = initialize(metadata={"a": 1})["reference"]
    control.paystack(reference)
    for lie in ({"amount": 1}, {"currency": "GHS"}, {"metadata": ""}, {"status": "queued"}):
        control.paystack_shows(reference, **lie)
        shown = call("GET", f"/transaction/verify/{reference}").json()["data"]
        assert {name: shown[name] for name in lie} == lie
    control.paystack_shows(reference)
    assert call("GET", f"/transaction/verify/{reference}").json()["data"]["amount"] == 10_000
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        control.paystack_shows(reference, colour="red")
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        control.paystack(reference, "dance")
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        control.paystack_habits(sing=True)


def test_charge_failed_is_only_told_where_it_is_wished(
    control: Rehearsal, told: Receiver, initialize: Any
) -> None:
    control.paystack(initialize()["reference"], "fail")
    control.paystack_habits(tell_failures=True)
    control.paystack(initialize()["reference"], "fail")
    assert events(told, 1) == {"charge.failed"}
    control.reset(books=False)
    assert control.paystack_habits() == {"tell_failures": False, "name_refunds": False}


def test_plans_are_paid_once_and_then_by_themselves(
    call: Call, control: Rehearsal, told: Receiver, initialize: Any
) -> None:
    plan = call(
        "POST", "/plan",
        json={"name": "Pro", "amount": 900_000, "interval": "monthly", "currency": "NGN"},
    ).json()["data"]  # fmt: skip
    control.paystack(initialize(plan=plan["plan_code"], amount=1)["reference"])
    assert events(told, 2) == {"charge.success", "subscription.create"}
    (row,) = call("GET", "/subscription", params={"plan": plan["id"]}).json()["data"]
    code, token = row["subscription_code"], row["email_token"]
    control.paystack_subscription(code, "renew")
    assert events(told, 5) >= {"invoice.create", "charge.success", "invoice.update"}
    control.paystack_subscription(code, "fail")
    assert "invoice.payment_failed" in events(told, 7)
    assert call("GET", f"/subscription/{code}").json()["data"]["status"] == "attention"
    wrong = call("POST", "/subscription/disable", json={"code": code, "token": "x"})
    assert wrong.status_code == 404
    call("POST", "/subscription/disable", json={"code": code, "token": token})
    assert "subscription.not_renew" in events(told, 8)
    call("POST", "/subscription/enable", json={"code": code, "token": token})
    control.paystack_subscription(code, "warn")
    assert isinstance(data_of(told, 9)["subscription.expiring_cards"], list)
    control.paystack_subscription(code, "end")
    assert "subscription.disable" in events(told, 10)
    assert control.paystack_book()["totals"]["NGN"]["charged"] == 1_800_000


def test_a_restart_brings_everything_back(
    rehearsal_server: Callable[..., RunningRehearsal], tmp_path: Any
) -> None:
    first = rehearsal_server(tmp_path / "kept")
    body = {"email": "a@example.com", "amount": 10_000, "reference": "ref-1"}
    headers = {"Authorization": f"Bearer {KEY}"}
    base = first.client.paystack_base
    httpx.post(f"{base}/transaction/initialize", json=body, headers=headers)
    first.client.paystack("ref-1")
    before = first.client.paystack_book()
    first.kill()
    second = rehearsal_server(tmp_path / "kept")
    assert second.client.paystack_book() == before
    again = httpx.post(
        f"{second.client.paystack_base}/transaction/initialize", json=body, headers=headers
    )
    assert again.json()["code"] == "duplicate_reference"
