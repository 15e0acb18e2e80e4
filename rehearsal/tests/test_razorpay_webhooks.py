"""Razorpay's webhooks as a shop gets them: signature, event id, retries, faults, replays."""

import json
from typing import Any

import httpx
import pytest
import razorpay
from razorpay.errors import SignatureVerificationError

from rehearsal.client import Rehearsal
from rehearsal.testing import RunningRehearsal
from rehearsal.tests.receiver import Posted, Receiver

ORDER = {"amount": 50000, "currency": "INR", "notes": {"ours": "1"}}


@pytest.fixture
def secret(server: RunningRehearsal) -> str:
    return str(server.client.call("GET", "/control/razorpay/endpoint")["secret"])


def genuine(posted: Posted, secret: str) -> bool:
    try:
        razorpay.Utility().verify_webhook_signature(
            posted.body.decode(), posted.headers["x-razorpay-signature"], secret
        )
    except SignatureVerificationError:
        return False
    return True


def event_of(posted: Posted) -> dict[str, Any]:
    return dict(json.loads(posted.body))


def paid_link(sdk: razorpay.Client, control: Rehearsal, act: str = "pay") -> str:
    link = str(sdk.payment_link.create(ORDER)["id"])
    control.link(link, act)
    return link


def test_a_paid_link_sends_four_signed_events_with_ids_of_their_own(
    razorpay_sdk: razorpay.Client, control: Rehearsal, razorpay_receiver: Receiver, secret: str
) -> None:
    link = paid_link(razorpay_sdk, control)
    posted = razorpay_receiver.wait_for(4)
    told = {event["event"]: event for event in map(event_of, posted)}
    assert set(told) == {
        "payment.authorized", "payment.captured", "order.paid", "payment_link.paid",
    }  # fmt: skip
    assert all(genuine(one, secret) for one in posted)
    assert len({one.headers["x-razorpay-event-id"] for one in posted}) == 4
    paid = told["payment_link.paid"]
    assert paid["contains"] == ["payment_link", "order", "payment"]
    assert paid["account_id"].startswith("acc_")
    assert paid["payload"]["payment_link"]["entity"]["id"] == link
    assert "payments" not in paid["payload"]["payment_link"]["entity"]
    assert told["payment.captured"]["payload"]["payment"]["entity"]["notes"] == {"ours": "1"}


def test_the_same_payment_fails_and_is_captured(
    razorpay_sdk: razorpay.Client, control: Rehearsal, razorpay_receiver: Receiver
) -> None:
    paid_link(razorpay_sdk, control, "late")
    told = [event_of(one) for one in razorpay_receiver.wait_for(5)]
    ids = {
        one["payload"]["payment"]["entity"]["id"]
        for one in told
        if one["event"] in ("payment.failed", "payment.captured")
    }
    assert len(ids) == 1


def test_a_refused_webhook_is_tried_again_under_the_same_id(
    razorpay_sdk: razorpay.Client, control: Rehearsal, razorpay_receiver: Receiver
) -> None:
    razorpay_receiver.answers.append(500)
    control.emit_razorpay_event("settlement.processed", settlement={"id": "setl_1"})
    first, second = razorpay_receiver.wait_for(2)
    assert first.body == second.body
    assert first.headers["x-razorpay-event-id"] == second.headers["x-razorpay-event-id"]


def test_a_replay_is_the_same_bytes_under_another_id(
    razorpay_sdk: razorpay.Client, control: Rehearsal, razorpay_receiver: Receiver, secret: str
) -> None:
    control.emit_razorpay_event("settlement.processed", settlement={"id": "setl_1"})
    (first,) = razorpay_receiver.wait_for(1)
    (delivery,) = control.deliveries(face="razorpay")
    control.replay_under_new_id(delivery["id"])
    second = razorpay_receiver.wait_for(2)[1]
    assert (second.body, genuine(second, secret)) == (first.body, True)
    assert first.headers["x-razorpay-event-id"] != second.headers["x-razorpay-event-id"]


def test_webhook_faults_spoil_duplicate_and_hold(
    razorpay_sdk: razorpay.Client, control: Rehearsal, razorpay_receiver: Receiver, secret: str
) -> None:
    control.webhook_faults(face="razorpay", duplicate=1, tamper={"next": 1})
    control.emit_razorpay_event("payment.failed", payment={"id": "pay_1", "amount": 5})
    posted = razorpay_receiver.wait_for(2)
    assert sorted(genuine(one, secret) for one in posted) == [False, True]
    control.webhook_faults(face="razorpay", duplicate=0, hold=3, wrong_secret={"next": 1})
    for _ in range(2):
        control.emit_razorpay_event("payment.failed", payment={"id": "pay_2", "amount": 5})
    assert len(razorpay_receiver.posted) == 2
    assert control.release_webhooks(face="razorpay") == 2
    late = razorpay_receiver.wait_for(4)[2:]
    assert sorted(genuine(one, secret) for one in late) == [False, True]


def test_samples_that_lie_about_capture(
    razorpay_sdk: razorpay.Client, control: Rehearsal, razorpay_receiver: Receiver
) -> None:
    """Razorpay's own samples do: `captured: true` beside "failed" and "authorized"."""
    paid_link(razorpay_sdk, control, "late")
    told = {
        event["event"]: event["payload"]["payment"]["entity"]
        for event in map(event_of, razorpay_receiver.wait_for(5))
    }
    assert told["payment.failed"]["captured"] is True
    assert told["payment.failed"]["status"] == "failed"
    assert told["payment.authorized"]["captured"] is True


def test_the_page_pays_fails_and_pays_late(
    razorpay_sdk: razorpay.Client, control: Rehearsal, server: RunningRehearsal
) -> None:
    http = control.http
    callback = {"callback_url": "http://shop.test/back?x=1", "callback_method": "get"}
    for action in ("pay", "late"):
        made = razorpay_sdk.payment_link.create(
            {**ORDER, **callback, "reference_id": f"ours-{action}"}
        )
        page = made["short_url"]
        assert "500.00 INR" in http.get(page).text
        failed = http.post(page, data={"action": "fail"}, follow_redirects=True)
        assert 'id="failed"' in failed.text
        back = httpx.URL(http.post(page, data={"action": action}).headers["location"])
        given = dict(back.params)
        assert (back.host, given["x"]) == ("shop.test", "1")
        assert razorpay_sdk.utility.verify_payment_link_signature(
            {
                "payment_link_id": given["razorpay_payment_link_id"],
                "payment_link_reference_id": given["razorpay_payment_link_reference_id"],
                "payment_link_status": given["razorpay_payment_link_status"],
                "razorpay_payment_id": given["razorpay_payment_id"],
                "razorpay_signature": given["razorpay_signature"],
            }
        )
        assert 'id="paid"' in http.get(page).text
        assert http.post(page, data={"action": "pay"}).status_code == 303  # once is enough
    assert control.razorpay_book()["totals"]["INR"]["captured"] == 100000
    assert http.get(f"{server.base_url}/razorpay/pay/plink_unknown").status_code == 404
    assert http.get(f"{server.base_url}/razorpay/subscribe/sub_unknown").status_code == 404
    closed = razorpay_sdk.payment_link.create(ORDER)
    razorpay_sdk.payment_link.cancel(closed["id"])
    assert 'id="closed"' in http.get(closed["short_url"]).text


def test_the_books_know_every_rupee(razorpay_sdk: razorpay.Client, control: Rehearsal) -> None:
    paid_link(razorpay_sdk, control)
    payment = control.razorpay_book()["payments"][0]
    razorpay_sdk.payment.refund(payment["id"], {"amount": 10000})
    failed = razorpay_sdk.payment.refund(payment["id"], {"amount": 5000})
    control.razorpay_refund(failed["id"], "fail")
    dispute = control.razorpay_payment(payment["id"], "dispute", amount=7000)
    control.razorpay_dispute(dispute["id"], "lost")
    assert control.razorpay_book()["totals"] == {
        "INR": {
            "captured": 50000, "refunded": 10000, "fees": 1180, "deducted": 7000,
            "net": 50000 - 10000 - 1180 - 7000,
        }
    }  # fmt: skip


def test_a_subscription_lives_and_ends(
    razorpay_sdk: razorpay.Client, control: Rehearsal, razorpay_receiver: Receiver
) -> None:
    plan = razorpay_sdk.plan.create(
        {
            "period": "monthly",
            "interval": 1,
            "item": {"name": "Pro", "amount": 99900, "currency": "INR"},
        }
    )
    sub = razorpay_sdk.subscription.create({"plan_id": plan["id"], "total_count": 12})["id"]
    for act in ("authenticate", "charge", "fail_charge", "halt", "charge"):
        control.razorpay_subscription(sub, act)
    told = [event_of(one)["event"] for one in razorpay_receiver.wait_for(21)]
    assert told.count("subscription.charged") == told.count("invoice.paid") == 3
    assert {
        "subscription.authenticated", "subscription.activated", "subscription.pending",
        "subscription.halted",
    } < set(told)  # fmt: skip
    seen = razorpay_sdk.subscription.fetch(sub)
    assert (seen["status"], seen["paid_count"], seen["remaining_count"]) == ("active", 3, 9)
    assert seen["current_end"] > seen["current_start"]
    razorpay_sdk.subscription.cancel(sub, {"cancel_at_cycle_end": True})
    assert razorpay_sdk.subscription.fetch(sub) == seen  # nothing shows it
    assert control.razorpay_subscription(sub, "charge")["status"] == "cancelled"
