"""Many pushes of one fact go to FCM together, each with its own outcome."""

import itertools
import os
import signal
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone
from firebase_admin import messaging
from firebase_admin.credentials import Certificate
from google.auth.exceptions import RefreshError, TransportError

from accounts.models import User
from core.enums import Queue
from core.events.replay import replay
from core.events.worker import work_off
from core.models import Delivery as Work
from notifications import push_subscribers
from notifications.channels.gate import Gate
from notifications.channels.outcome import Ending, Outcome
from notifications.channels.push import send
from notifications.channels.push.firebase import app_with_token
from notifications.models import Delivery, Device, DeviceAlarm, Notification
from notifications.services import push_queue
from notifications.services.given_up import record_given_up
from notifications.services.hygiene.window import answered_since
from notifications.services.notify import Recipient, notify_many
from notifications.told import ways_of
from rehearsal.testing import RunningRehearsal

ONE_TRANSACTION = pytest.mark.django_db
COMMITS = pytest.mark.django_db(transaction=True)
DUE = "notifications.send_pushes"


def phones(tokens: list[str]) -> list[User]:
    """A user with one phone for each token."""
    users = User.objects.bulk_create(
        [User(email=f"p{n}@example.com", password="!") for n, _ in enumerate(tokens)]
    )
    Device.objects.bulk_create(
        [
            Device(user=user, platform="android", token=token, last_seen_at=timezone.now())
            for user, token in zip(users, tokens, strict=True)
        ]
    )
    return users


def tell(tokens: list[str], category: Any = "service") -> None:
    """The same fact for all of them."""
    users = phones(tokens)
    words = {"number": "TW-1", "status": "shipped"}
    notify_many(
        kind="order_status_changed",
        recipients=[Recipient(f"to:{user.pk}", words, user_id=user.pk) for user in users],
        category=category,
    )


def drain(queue: Queue = Queue.BULK) -> None:
    """Until nothing is due; on a slow machine one ring is not enough."""
    while work_off(queue, batch=1):  # a lease is not renewed inside a test's transaction
        pass


def states() -> dict[str, str]:
    pushes = Delivery.objects.filter(channel="push")
    return dict(pushes.values_list("device__token", "state"))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many messages were sent at once, each time."""
    seen: list[int] = []

    def counted(messages: Sequence[messaging.Message]) -> list[Outcome]:
        seen.append(len(messages))
        return send.push_all(messages)

    monkeypatch.setattr(push_subscribers, "push_all", counted)
    return seen


@ONE_TRANSACTION
def test_they_go_in_batches_and_each_ends_by_its_own_answer(
    outside: RunningRehearsal, calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_queue, "BATCH", 50)
    began = timezone.now()
    fine = [f"phone-{n}" for n in range(57)]
    tell([*fine, "dead-1", "payload-1", "quota-1"])
    Work.objects.filter(subscriber=DUE).update(due_at=timezone.now())
    drain()
    assert sorted(calls) == [10, 50]
    found = states()
    assert {found[token] for token in fine} == {"sent"}
    assert (found["dead-1"], found["payload-1"], found["quota-1"]) == ("failed", "failed", "queued")
    assert sorted(push["target"] for push in outside.client.pushes(result="ok")) == sorted(fine)
    names = dict(Delivery.objects.values_list("device__token", "provider_message_id"))
    there = {push["target"]: push["name"] for push in outside.client.pushes(result="ok")}
    assert {token: names[token] for token in fine} == there, "each answer at its own delivery"
    assert not Device.objects.get(token="dead-1").active
    assert Device.objects.filter(active=False).count() == 1
    assert answered_since(began) == 59, "the quota was no answer about a device"
    assert not DeviceAlarm.objects.exists()


@ONE_TRANSACTION
def test_what_must_wait_waits_by_itself_as_long_as_fcm_asked(outside: RunningRehearsal) -> None:
    tell([f"phone-{n}" for n in range(30)] + ["quota-1"])
    drain()
    waits = Work.objects.get(state="ready", subscriber="notifications.send_push")
    assert timedelta(seconds=15) < waits.due_at - timezone.now() < timedelta(seconds=31)
    delivery = Delivery.objects.get(device__token="quota-1", channel="push")
    assert waits.event.data["delivery_id"] == str(delivery.pk)
    assert (delivery.state, delivery.attempts) == ("queued", 1)
    assert len(outside.client.pushes(token="quota-1")) == 1


@ONE_TRANSACTION
def test_a_batch_logs_in_once_and_refused_credentials_are_our_fault(
    outside: RunningRehearsal, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell([f"phone-{n}" for n in range(25)])
    settings.FIREBASE_API_BASE += "/"  # an app of its own, without a token
    fetched: list[int] = []

    def refused(self: Certificate) -> None:
        fetched.append(1)
        raise RefreshError("invalid_grant")

    monkeypatch.setattr(Certificate, "get_access_token", refused)
    drain()
    assert set(states().values()) == {"queued"}, "nothing left the house"
    reasons = set(Delivery.objects.filter(channel="push").values_list("reason", flat=True))
    assert reasons == {"FIREBASE_CREDENTIALS are refused: invalid_grant"}
    assert len(fetched) == 1


@ONE_TRANSACTION
def test_a_login_lost_on_the_way_sends_nobody_twice(
    outside: RunningRehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell([f"phone-{n}" for n in range(25)], "marketing")
    login = type(app_with_token().credential.get_credential())
    real, calls = login.before_request, itertools.count(1)

    def lost_once(self: Any, *told: Any) -> None:
        if next(calls) == 13:
            raise TransportError("Google is silent")
        real(self, *told)

    monkeypatch.setattr(login, "before_request", lost_once)
    drain()
    assert Counter(states().values()) == {"sent": 24, "queued": 1}
    Work.objects.filter(state="ready").update(due_at=timezone.now())
    drain(Queue.BULK)
    assert set(states().values()) == {"sent"}
    assert len(outside.client.pushes()) == 25


@ONE_TRANSACTION
def test_an_answer_that_nobody_foresaw_costs_the_others_nothing(
    outside: RunningRehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell([f"phone-{n}" for n in range(25)], "marketing")
    real = messaging.send

    def nameless(message: messaging.Message, **more: Any) -> str:
        name: str = real(message, **more)
        if message.token == "phone-7":
            raise KeyError("name")
        return name

    monkeypatch.setattr(send.messaging, "send", nameless)
    drain()
    found = states()
    assert found.pop("phone-7") == "uncertain"
    assert set(found.values()) == {"sent"}


@ONE_TRANSACTION
def test_a_batch_that_staff_replays_leaves_nothing_half_sent(outside: RunningRehearsal) -> None:
    tell([f"phone-{n}" for n in range(25)])
    half = Delivery.objects.filter(device__token__in=["phone-1", "phone-2"], channel="push")
    half.update(state="sending", attempts=1)
    Work.objects.filter(subscriber=DUE).update(state="dead", finished_at=timezone.now())
    replay(deliveries=Work.objects.filter(subscriber=DUE), by="a test")
    drain()
    drain(Queue.DEFAULT)
    assert set(states().values()) == {"sent"}


@ONE_TRANSACTION
@pytest.mark.parametrize("number", [1, 25])
def test_credentials_that_cannot_be_read_leave_nothing_perhaps_sent(
    outside: RunningRehearsal, settings: Any, number: int
) -> None:
    tell([f"phone-{n}" for n in range(number)], "marketing")
    settings.FIREBASE_CREDENTIALS = "/nowhere.json"
    drain()
    drain(Queue.DEFAULT)
    found = Delivery.objects.filter(channel="push")
    assert set(found.values_list("state", flat=True)) == {"queued"}
    assert "FIREBASE_CREDENTIALS" in found[0].reason


@ONE_TRANSACTION
def test_what_breaks_before_anything_left_goes_one_by_one(
    outside: RunningRehearsal, calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell([f"phone-{n}" for n in range(25)], "marketing")
    with monkeypatch.context() as broken:
        broken.setattr(push_subscribers, "push_words", lambda *_: 1 / 0)
        drain()
    assert set(states().values()) == {"queued"}, "not perhaps sent"
    Work.objects.filter(state="ready").update(due_at=timezone.now())
    drain()
    drain(Queue.DEFAULT)
    assert (set(states().values()), calls) == ({"sent"}, [])


@ONE_TRANSACTION
@pytest.mark.parametrize("category", ["essential", "service"])
def test_what_people_wait_for_goes_before_offers(outside: RunningRehearsal, category: Any) -> None:
    tell([f"phone-{n}" for n in range(25)], "marketing")
    User.objects.update(email=Concat(Value("first-"), "email"))
    tell([f"other-{n}" for n in range(25)], category)
    offers, others = Work.objects.filter(event__data__has_key="delivery_ids").order_by("pk")
    assert (offers.queue, others.queue) == ("bulk", "bulk"), "single pushes wait for neither"
    drain()
    pushes = Delivery.objects.filter(channel="push", state="sent").order_by("sent_at")
    order = [token[:5] for token in pushes.values_list("device__token", flat=True)]
    assert order == ["other"] * 25 + ["phone"] * 25


@ONE_TRANSACTION
def test_support_sees_when_a_batch_is_due() -> None:
    tell([f"phone-{n}" for n in range(25)])
    told = Notification.objects.first()
    assert told is not None
    (push,) = [way for way in ways_of(told) if way.channel == "push"]
    assert push.due_at == Work.objects.get(subscriber=DUE).due_at


@ONE_TRANSACTION
def test_a_few_go_by_themselves_at_once(outside: RunningRehearsal, calls: list[int]) -> None:
    tell([f"phone-{n}" for n in range(push_queue.FEW)])
    drain(Queue.DEFAULT)
    assert calls == []
    assert set(states().values()) == {"sent"}


@ONE_TRANSACTION
def test_what_is_not_wanted_any_more_is_not_sent(outside: RunningRehearsal) -> None:
    tell([f"phone-{n}" for n in range(30)])
    Device.objects.filter(token="phone-3").update(
        active=False, deactivated_reason="idle", deactivated_at=timezone.now()
    )
    drain()
    found = states()
    assert found.pop("phone-3") == "suppressed"
    assert set(found.values()) == {"sent"}
    assert len(outside.client.pushes()) == 29


@ONE_TRANSACTION
def test_the_batch_asks_the_database_little_however_many_they_are(
    outside: RunningRehearsal, django_assert_max_num_queries: Any
) -> None:
    tell([f"phone-{n}" for n in range(200)])
    with django_assert_max_num_queries(80):
        drain()
    assert set(states().values()) == {"sent"}


@ONE_TRANSACTION
def test_a_message_that_cannot_be_written_down_holds_up_no_other(outside: RunningRehearsal) -> None:
    fine = messaging.Message(token="phone-1")
    outcomes = send.push_all([fine, messaging.Message(), fine])
    assert [one.ending for one in outcomes] == ["sent", "refused", "sent"]
    assert len(outside.client.pushes()) == 2


@ONE_TRANSACTION
def test_an_open_breaker_lets_one_probe_through_and_costs_the_others_no_try(
    outside: RunningRehearsal, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[list[str]] = []

    def sending(messages: list[str]) -> list[Outcome]:
        sent.append(messages)
        return [Outcome(Ending.LATER, "silence", unreachable=True) for _ in messages]

    gate = Gate(f"push {timezone.now()}")
    messages = [f"m-{n}" for n in range(30)]
    assert not any(one.not_tried for one in gate.send_all(messages, sending, attempt=1))
    refused = gate.send_all(messages, sending, attempt=1)
    assert {one.not_tried for one in refused} == {True}
    assert len(sent) == 1, "thirty in a row were silent: it is left alone"
    gate._breaker.store.trip(gate._breaker.name, 0.01)
    time.sleep(0.05)
    probed = gate.send_all(messages, sending, attempt=1)
    assert sent[1:] == [["m-0"]], "one probe"
    assert [one.not_tried for one in probed] == [False] + [True] * 29


@COMMITS
@pytest.mark.faults
@pytest.mark.parametrize(
    ("category", "end", "pushes"), [("service", "sent", 2), ("marketing", "uncertain", 1)]
)
def test_a_worker_killed_before_it_writes_down_is_as_with_single_pushes(
    outside: RunningRehearsal, category: Any, end: str, pushes: int
) -> None:
    tokens = [f"phone-{n}" for n in range(25)]
    with transaction.atomic():
        tell(tokens, category)
    killed_after_sending(outside, len(tokens))
    with transaction.atomic():
        assert set(states().values()) == {"sending"}, "nobody knows"
        Work.objects.filter(state="leased").update(due_at=timezone.now())
    drain()
    drain(Queue.DEFAULT)
    with transaction.atomic():
        assert set(states().values()) == {end}
    assert len(outside.client.pushes()) == pushes * len(tokens)


@ONE_TRANSACTION
@pytest.mark.parametrize("category", ["service", "marketing"])
def test_a_batch_that_was_given_up_has_a_stated_end(category: Any) -> None:
    tell([f"phone-{n}" for n in range(25)], category)
    Work.objects.filter(event__data__has_key="delivery_ids").update(
        state="dead", finished_at=timezone.now() + timedelta(seconds=1), last_error="Quarantined."
    )
    assert record_given_up() == 25
    assert set(states().values()) == {"dead"}


def killed_after_sending(outside: RunningRehearsal, number: int) -> None:
    """A process hands the batch over and is killed before it can write that down."""
    connection.close()
    child = os.fork()
    if child == 0:
        push_subscribers.settle_all = lambda *_: time.sleep(60)
        work_off(Queue.BULK)
        os._exit(0)
    try:
        until = time.monotonic() + 20
        while len(outside.client.pushes()) < number and time.monotonic() < until:
            time.sleep(0.1)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
