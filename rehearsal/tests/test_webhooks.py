"""Webhooks: signed, tried again, and spoiled on purpose."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import stripe

from rehearsal.client import Rehearsal
from rehearsal.testing import RunningRehearsal
from rehearsal.tests.receiver import Posted, Receiver

PRODUCT = {"id": "prod_1", "object": "product", "amount": 500}


def emit(control: Rehearsal, count: int = 1) -> list[str]:
    return [control.emit_stripe_event("product.created", PRODUCT)["id"] for _ in range(count)]


def is_genuine(posted: Posted, secret: str) -> bool:
    try:
        return stripe.WebhookSignature.verify_header(
            posted.body, posted.signature, secret, tolerance=300
        )
    except stripe.SignatureVerificationError:
        return False


def test_any_event_can_be_emitted_in_a_real_envelope(
    server: RunningRehearsal, control: Rehearsal, receiver: Receiver, sdk: stripe.StripeClient
) -> None:
    made = control.emit_stripe_event(
        "customer.subscription.updated",
        {"id": "sub_1", "object": "subscription", "status": "past_due"},
        previous_attributes={"status": "active"},
    )
    event = receiver.wait_for(1)[0].event(server.webhook_secret)
    assert (event.id, event.type) == (made["id"], "customer.subscription.updated")
    assert event.data.object.status == "past_due"
    assert event.data.previous_attributes.status == "active"
    assert event.pending_webhooks == 1
    assert sdk.v1.events.retrieve(event.id).type == event.type


def test_many_events_are_emitted_at_once_with_ids_of_our_own(
    server: RunningRehearsal, control: Rehearsal, receiver: Receiver
) -> None:
    wanted = [{"type": "product.created", "object": PRODUCT, "id": f"evt_{n}"} for n in range(50)]
    assert control.emit_stripe_events(wanted) == [event["id"] for event in wanted]
    came = {posted.event(server.webhook_secret).id for posted in receiver.wait_for(50)}
    assert came == {event["id"] for event in wanted}
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        control.emit_stripe_events([{"type": "product.created"}])


def test_a_refused_webhook_is_tried_again_until_it_is_taken(
    control: Rehearsal, receiver: Receiver
) -> None:
    receiver.answers.extend([500, 404, 301])
    emit(control)
    posted = receiver.wait_for(4)
    control.wait_until_sent()
    assert len({one.body for one in posted}) == 1
    delivery = control.deliveries()[0]
    assert delivery["state"] == "delivered"
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 404, 301, 200]


def test_a_shop_that_is_down_gets_its_webhook_when_it_is_back(
    control: Rehearsal, receiver: Receiver
) -> None:
    control.send_webhooks_to("http://127.0.0.1:9/nobody")
    emit(control)
    while not control.deliveries()[0]["attempts"]:
        time.sleep(0.01)
    assert "ConnectError" in control.deliveries()[0]["attempts"][0]["error"]
    control.send_webhooks_to(receiver.url)
    receiver.wait_for(1)
    control.wait_until_sent()


def test_duplicates_are_the_same_event_with_the_same_id(
    control: Rehearsal, receiver: Receiver
) -> None:
    control.webhook_faults(duplicate=2)
    emit(control)
    posted = receiver.wait_for(3)
    assert len({one.body for one in posted}) == 1
    control.webhook_faults(duplicate=0.5, seed=7)
    emit(control, 40)
    control.wait_until_sent()
    extra = len(receiver.posted) - 3 - 40
    assert 10 <= extra <= 30


def test_held_webhooks_come_out_of_order(
    server: RunningRehearsal, control: Rehearsal, receiver: Receiver
) -> None:
    control.webhook_faults(hold=20, seed=1)
    ids = emit(control, 19)
    assert [d["state"] for d in control.deliveries()] == ["held"] * 19
    assert receiver.posted == []
    ids += emit(control)
    came = [posted.event(server.webhook_secret).id for posted in receiver.wait_for(20)]
    assert sorted(came) == sorted(ids)
    assert came != ids


def test_held_webhooks_can_be_let_go_by_hand(control: Rehearsal, receiver: Receiver) -> None:
    control.webhook_faults(hold=100)
    emit(control, 3)
    assert control.release_webhooks() == 3
    receiver.wait_for(3)


def test_dropped_webhooks_never_come_but_are_listed_as_undelivered(
    control: Rehearsal, receiver: Receiver, sdk: stripe.StripeClient
) -> None:
    control.webhook_faults(drop={"next": 1})
    lost, taken = emit(control, 2)
    control.wait_until_sent()
    assert len(receiver.posted) == 1
    undelivered = sdk.v1.events.list({"delivery_success": False})
    assert [event.id for event in undelivered.data] == [lost]
    delivered = sdk.v1.events.list({"delivery_success": True, "types": ["product.*"]})
    assert [event.id for event in delivered.data] == [taken]
    control.resend(control.deliveries(state="dropped")[0]["id"])
    receiver.wait_for(2)


@pytest.mark.parametrize("fault", ["tamper", "wrong_secret", "old_timestamp"])
def test_spoiled_webhooks_do_not_verify_and_the_next_try_does(
    server: RunningRehearsal, control: Rehearsal, receiver: Receiver, fault: str
) -> None:
    receiver.answers.append(401)
    control.webhook_faults(**{fault: {"next": 1}})
    emit(control)
    spoiled, genuine = receiver.wait_for(2)
    assert not is_genuine(spoiled, server.webhook_secret)
    assert is_genuine(genuine, server.webhook_secret)
    assert (spoiled.body != genuine.body) == (fault == "tamper")
    control.wait_until_sent()
    assert [a["spoiled"] for a in control.deliveries()[0]["attempts"]] == [fault, None]


def test_a_share_of_webhooks_can_be_spoiled_the_same_way_each_time(
    server: RunningRehearsal, control: Rehearsal, receiver: Receiver
) -> None:
    control.webhook_faults(tamper=0.3, seed=11)
    emit(control, 30)
    control.wait_until_sent()
    genuine = Counter(is_genuine(posted, server.webhook_secret) for posted in receiver.posted)
    assert 2 <= genuine[False] <= 20


def test_delayed_webhooks_wait(control: Rehearsal, receiver: Receiver) -> None:
    control.webhook_faults(delay=[0.8, 0.9])
    emit(control)
    with pytest.raises(TimeoutError):
        control.wait_until_sent(timeout=0.1)
    receiver.wait_for(1)


def test_only_subscribed_types_are_sent(
    control: Rehearsal, receiver: Receiver, new_session: Callable[..., Any]
) -> None:
    control.send_webhooks_to(receiver.url, events=["checkout.session.*"])
    control.pay(new_session().id)
    control.wait_until_sent()
    assert [posted.type for posted in receiver.posted] == ["checkout.session.completed"]
    control.send_webhooks_to(receiver.url, events=None)
    control.pay(new_session().id)
    control.wait_until_sent()
    assert len(receiver.posted) == 1 + 3


def test_nonsense_is_refused_and_changes_nothing(control: Rehearsal) -> None:
    for wrong in ({"drop": 2}, {"colour": 1}, {"hold": -1}, {"delay": [2, 1]}, {"tamper": "x"}):
        with pytest.raises(httpx.HTTPStatusError, match="400"):
            control.webhook_faults(duplicate=3, **wrong)
    assert control.webhook_faults()["duplicate"] == 0
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        control.send_webhooks_to("x", face="mail")
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        control.resend("del_nothing")
