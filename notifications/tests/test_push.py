"""Push through the official SDK to a real FCM stand-in: per device, per answer."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from core.models import Delivery as CoreDelivery
from notifications.models import Delivery, Device, Notification
from notifications.services.devices import register_device
from notifications.services.notify import notify
from rehearsal.testing import RunningRehearsal

pytestmark = pytest.mark.django_db
MakeDevice = Callable[..., Device]


def tell(user: User, *, category: Any = None, **more: Any) -> Notification:
    return notify(
        kind="order_status_changed",
        dedupe_key=str(uuid4()),
        context={"number": "TW-1", "status": "shipped", **more},
        user_id=user.pk,
        language="fr",
        category=category,
    )


def delivery_to(told: Notification, device: Device) -> Delivery:
    return told.deliveries.get(channel="push", target=str(device.pk))


def test_every_device_gets_one_push_in_the_readers_words(
    outside: RunningRehearsal, work: Callable[[], int], shopper: User, device: MakeDevice
) -> None:
    phones = [
        device("phone-1"),
        device("tablet-1", platform="ios"),
        device("fid-1", token_kind="fid"),
    ]
    told = tell(shopper)
    work()
    assert {delivery_to(told, phone).state for phone in phones} == {"sent"}
    pushes = outside.client.pushes()
    assert sorted(push["target"] for push in pushes) == ["fid-1", "phone-1", "tablet-1"]
    assert {push["target_kind"] for push in pushes} == {"fid", "token"}
    assert {push["title"] for push in pushes} == {"Commande TW-1: expédiée"}
    message = pushes[0]["message"]
    assert message["data"]["notification_id"] == str(told.pk)
    assert message["android"]["notification"]["tag"] == str(told.pk)
    assert message["apns"]["headers"]["apns-collapse-id"] == str(told.pk)
    assert delivery_to(told, phones[0]).provider_message_id.startswith("projects/")


@pytest.mark.parametrize(
    ("token", "reason"),
    [("dead-1", "unregistered"), ("wrong-1", "wrong_project"), ("bad-1", "invalid_token")],
)
def test_three_answers_end_a_device_and_only_that_one(
    outside: RunningRehearsal,
    work: Callable[[], int],
    shopper: User,
    device: MakeDevice,
    token: str,
    reason: str,
) -> None:
    gone, fine = device(token), device("phone-1")
    told = tell(shopper)
    work()
    gone.refresh_from_db()
    fine.refresh_from_db()
    assert (gone.active, gone.deactivated_reason) == (False, reason)
    assert gone.deactivated_at is not None
    assert delivery_to(told, gone).state == "failed"
    assert fine.active
    assert delivery_to(told, fine).state == "sent"
    assert tell(shopper).deliveries.filter(channel="push").count() == 1


def test_a_refused_message_is_our_fault_and_takes_no_device_away(
    outside: RunningRehearsal, work: Callable[[], int], shopper: User, device: MakeDevice
) -> None:
    phone = device("phone-1")
    told = tell(shopper, url="https://shop.example/" + "x" * 5000)
    work()
    phone.refresh_from_db()
    assert phone.active
    delivery = delivery_to(told, phone)
    assert delivery.state == "failed"
    assert delivery.reason.startswith("FCM refuses the message")


def test_a_quota_is_waited_for_without_holding_the_worker(
    outside: RunningRehearsal, work: Callable[..., int], shopper: User, device: MakeDevice
) -> None:
    phone, other = device("quota-1"), device("phone-1")
    told = tell(shopper)
    began = time.time()
    work()
    assert time.time() - began < 3, "the SDK on its own would sleep four times half a minute"
    delivery = delivery_to(told, phone)
    assert delivery.state == "queued"
    waiting = CoreDelivery.objects.get(event__data__delivery_id=str(delivery.pk))
    assert 25 < waiting.due_at.timestamp() - began < 35, "as long as FCM asked"
    assert delivery_to(told, other).state == "sent", "one phone holds up no other"
    assert len(outside.client.pushes(token="quota-1")) == 1


def test_an_unavailable_fcm_is_tried_again_with_the_same_collapse_id(
    outside: RunningRehearsal, work: Callable[[], int], shopper: User, device: MakeDevice
) -> None:
    outside.client.add_fault("status", face="fcm", path="/v1/*", status=503, work=True, times=1)
    phone = device("phone-1")
    told = tell(shopper)
    work()
    assert delivery_to(told, phone).state == "queued"
    work()
    assert delivery_to(told, phone).state == "sent"
    tags = {push["message"]["android"]["notification"]["tag"] for push in outside.client.pushes()}
    assert tags == {str(told.pk)}


def test_without_credentials_nothing_is_sent_and_the_reason_is_kept(
    outside: RunningRehearsal, work: Callable[[], int], shopper: User, device: MakeDevice, settings
) -> None:
    settings.FIREBASE_CREDENTIALS = ""
    phone = device("phone-1")
    told = tell(shopper)
    work()
    delivery = delivery_to(told, phone)
    assert (delivery.state, delivery.reason) == ("suppressed", "Push is not set up.")
    assert outside.client.pushes() == []


def test_wrong_credentials_are_our_fault_and_tried_again(
    outside: RunningRehearsal, work: Callable[[], int], shopper: User, device: MakeDevice
) -> None:
    outside.client.add_fault("status", face="fcm", path="/v1/*", status=403, times=1)
    phone = device("phone-1")
    told = tell(shopper)
    work()
    assert delivery_to(told, phone).state == "queued"
    assert "credentials" in delivery_to(told, phone).reason
    phone.refresh_from_db()
    assert phone.active


def test_a_phone_that_was_handed_on_shows_nothing_of_its_former_owner(
    outside: RunningRehearsal, work: Callable[[], int], shopper: User, device: MakeDevice
) -> None:
    phone = device("phone-1")
    told = tell(shopper)
    other = User.objects.create_user("other@example.com")
    register_device(user_id=other.pk, token="phone-1", platform="android")
    work()
    delivery = delivery_to(told, phone)
    assert delivery.state == "suppressed"
    assert outside.client.pushes() == []


@pytest.mark.parametrize("fault", ["lost_answer", "cut"])
@pytest.mark.parametrize(
    ("category", "state", "pushes"), [("service", "sent", 2), ("marketing", "uncertain", 1)]
)
def test_a_connection_cut_before_the_answer_is_perhaps_sent(
    outside: RunningRehearsal, work: Callable[[], int], shopper: User, device: MakeDevice,
    category: str, state: str, pushes: int, fault: str,
) -> None:  # fmt: skip
    device("phone-1")
    outside.client.add_fault(fault, face="fcm", path="/v1/*", times=1)
    told = tell(shopper, category=category)
    work()
    work()
    assert told.deliveries.get(channel="push").state == state
    assert len(outside.client.pushes()) == pushes


def test_nobody_listening_has_taken_nothing(
    outside: RunningRehearsal, work: Callable[[], int], shopper: User, device: MakeDevice,
    settings: Any,
) -> None:  # fmt: skip
    device("phone-1")
    settings.FIREBASE_API_BASE = "http://127.0.0.1:9"
    told = tell(shopper, category="marketing")
    work(skip_pauses=False)
    assert told.deliveries.get(channel="push").state == "queued"


def test_an_offer_waits_behind_all_others(shopper: User, device: MakeDevice) -> None:
    device("phone-1")
    for category, queue in (("service", "default"), ("marketing", "bulk")):
        told = tell(shopper, category=category)
        push = told.deliveries.get(channel="push")
        work = CoreDelivery.objects.get(event__data__delivery_id=str(push.pk))
        assert work.queue == queue
