"""Topics: what was asked for, and what FCM did, brought together by a worker."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from core.errors import Conflict
from notifications.enums import DeactivatedReason
from notifications.models import Delivery, Device, DeviceAlarm, Topic, TopicSubscription
from notifications.schedule import bring_topics_in_step
from notifications.services.devices import deactivate, forget_device, register_device
from notifications.services.hygiene.alarm import close_alarm
from notifications.services.hygiene.window import answered_since
from notifications.services.pushes_by_staff import Words, push_to_topic
from notifications.services.topics.follow import follow, subscribe_users, unfollow
from notifications.services.topics.manage import make_topic
from rehearsal.testing import RunningRehearsal

pytestmark = pytest.mark.django_db
MakeDevice = Callable[..., Device]
Work = Callable[[], int]


@pytest.fixture
def news(db: None) -> Topic:
    return make_topic(key="news", title="News of the shop")


@pytest.fixture
def bulk(db: None) -> Work:
    """Work off what is asked of FCM, as if all pauses were over."""

    def do() -> int:
        TopicSubscription.objects.update(due_at=None)
        return int(bring_topics_in_step()["asked"])

    return do


def test_all_of_a_persons_devices_join_and_leave(
    outside: RunningRehearsal, bulk: Work, shopper: User, device: MakeDevice, news: Topic
) -> None:
    device("phone-1"), device("fid-1", token_kind="fid")
    assert follow(topic=news, user_id=shopper.pk) == 2
    assert bulk() == 2
    assert outside.client.push_topics() == {"news": ["fid-1", "phone-1"]}
    assert follow(topic=news, user_id=shopper.pk) == 2
    assert bulk() == 0, "what is in step is not asked again"
    assert unfollow(topic=news, user_id=shopper.pk) == 2
    bulk()
    assert outside.client.push_topics() == {"news": []}


def test_following_without_a_device_is_refused(news: Topic, shopper: User) -> None:
    with pytest.raises(Conflict, match="Register a device first"):
        follow(topic=news, user_id=shopper.pk)


def test_each_token_has_its_own_answer_and_is_asked_again_until_it_works(
    outside: RunningRehearsal, bulk: Work, shopper: User, device: MakeDevice, news: Topic
) -> None:
    fine, waits, dead = device("phone-1"), device("quota-1"), device("dead-1")
    subscribe_users(topic=news, user_ids=[shopper.pk])
    bulk()
    rows = {row.token: row for row in TopicSubscription.objects.all()}
    assert rows[fine.token].actual == "joined"
    assert rows[waits.token].actual == "left"
    assert rows[waits.token].error == "FCM asks for patience: QUOTA_EXCEEDED"
    assert rows[waits.token].due_at > timezone.now() + timedelta(seconds=50)
    assert (rows[dead.token].wanted, rows[dead.token].actual) == (True, "left")
    dead.refresh_from_db()
    assert (dead.active, dead.deactivated_reason) == (False, "unregistered")
    assert bulk() == 1, "only the quota's again"


def test_a_lost_answer_is_unknown_and_asked_again(
    outside: RunningRehearsal, bulk: Work, shopper: User, device: MakeDevice, news: Topic
) -> None:
    device("phone-1")
    outside.client.add_fault("lost_answer", face="fcm", path="*/topicSubscriptions*", times=1)
    follow(topic=news, user_id=shopper.pk)
    bulk()
    assert TopicSubscription.objects.get().actual == "unknown"
    unfollow(topic=news, user_id=shopper.pk)
    bulk()
    assert outside.client.push_topics() == {"news": []}, "it had joined, and was taken out"


def test_a_new_token_takes_the_topics_along(
    outside: RunningRehearsal, bulk: Work, shopper: User, news: Topic
) -> None:
    register_device(user_id=shopper.pk, token="t-1", platform="ios", installation_id="phone")
    follow(topic=news, user_id=shopper.pk)
    bulk()
    register_device(user_id=shopper.pk, token="t-2", platform="ios", installation_id="phone")
    bulk()
    assert outside.client.push_topics() == {"news": ["t-2"]}
    assert TopicSubscription.objects.count() == 1


@pytest.mark.parametrize("how", ["logout", "handed on"])
def test_whoever_logs_out_or_hands_the_phone_on_is_taken_out(
    outside: RunningRehearsal, bulk: Work, shopper: User, device: MakeDevice, news: Topic, how: str
) -> None:
    phone = device("phone-1")
    follow(topic=news, user_id=shopper.pk)
    bulk()
    if how == "logout":
        assert forget_device(user_id=shopper.pk, device_id=phone.pk)
    else:
        other = User.objects.create_user("other@example.com")
        register_device(user_id=other.pk, token="phone-1", platform="android")
    bulk()
    assert outside.client.push_topics() == {"news": []}


def test_a_push_to_a_topic_is_one_message_to_fcm(
    outside: RunningRehearsal, work: Work, news: Topic
) -> None:
    words = Words("Open on Sunday", "From 10 to 16", "https://shop.example/hours")
    delivery = push_to_topic(topic=news, words=words, dedupe_key="push:1")
    assert push_to_topic(topic=news, words=words, dedupe_key="push:1") == delivery
    work()
    (push,) = outside.client.pushes()
    assert (push["target_kind"], push["target"], push["title"]) == ("topic", "news", words.title)
    assert Delivery.objects.get(pk=delivery.pk).state == "sent"


@pytest.mark.parametrize("token", ["t-1", "t-2"])
def test_a_device_that_fcm_called_gone_and_comes_back_follows_what_it_followed(
    outside: RunningRehearsal, bulk: Work, shopper: User, news: Topic, token: str
) -> None:
    gone = register_device(user_id=shopper.pk, token="t-1", platform="ios", installation_id="phone")
    follow(topic=news, user_id=shopper.pk)
    bulk()
    deactivate(device_id=gone.pk, reason=DeactivatedReason.UNREGISTERED)
    assert bulk() == 0, "nothing is asked in the name of a device that is switched off"
    register_device(user_id=shopper.pk, token=token, platform="ios", installation_id="phone")
    assert bulk() >= 1, "FCM may have forgotten what it was in"
    assert outside.client.push_topics() == {"news": [token]}


def test_what_a_switched_off_device_is_to_join_waits_and_what_it_left_is_done(
    outside: RunningRehearsal, bulk: Work, shopper: User, device: MakeDevice, news: Topic
) -> None:
    phone = device("phone-1")
    follow(topic=news, user_id=shopper.pk)
    deactivate(device_id=phone.pk, reason=DeactivatedReason.UNREGISTERED)
    assert bulk() == 0
    unfollow(topic=news, user_id=shopper.pk)
    TopicSubscription.objects.update(actual="joined")
    assert bulk() == 1


@pytest.mark.parametrize("apply", [True, False])
def test_an_alarm_takes_nobody_out_of_their_topics(
    outside: RunningRehearsal,
    bulk: Work,
    shopper: User,
    device: MakeDevice,
    news: Topic,
    apply: bool,
) -> None:
    for number in range(3):
        device(f"wrong-{number}")  # of another project: three are an alarm
    follow(topic=news, user_id=shopper.pk)
    bulk()
    assert Device.objects.filter(active=True).count() == 3
    assert bulk() == 0, "refused for good"
    close_alarm(alarm_id=DeviceAlarm.objects.get().pk, apply=apply)
    assert TopicSubscription.objects.filter(wanted=True).count() == 3
    assert bulk() == (0 if apply else 3), "what was dismissed is asked again"


def test_answers_about_joining_count_as_answers_about_pushes_do(
    outside: RunningRehearsal, bulk: Work, shopper: User, device: MakeDevice, news: Topic
) -> None:
    for token in ("phone-1", "dead-1", "quota-1"):
        device(token)
    began = timezone.now()
    follow(topic=news, user_id=shopper.pk)
    bulk()
    assert answered_since(began) == 2, "the quota was no answer about a device"
    unfollow(topic=news, user_id=shopper.pk)
    bulk()
    assert answered_since(began) == 2


@pytest.mark.parametrize(
    ("status", "reason"),
    [(404, "FCM does not know the project"), (403, "FCM refuses our credentials")],
)
@pytest.mark.parametrize("joins", [True, False])
def test_a_fault_of_ours_is_tried_again_as_with_pushes(
    outside: RunningRehearsal,
    bulk: Work,
    shopper: User,
    device: MakeDevice,
    news: Topic,
    status: int,
    reason: str,
    joins: bool,
) -> None:
    phone = device("phone-1")
    follow(topic=news, user_id=shopper.pk)
    if not joins:
        bulk()
        unfollow(topic=news, user_id=shopper.pk)
    outside.client.add_fault("status", face="fcm", path="/v1/*", status=status, times=1)
    bulk()
    row = TopicSubscription.objects.get()
    assert (row.wanted, row.actual) == (joins, "left" if joins else "joined")
    assert row.error.startswith(reason)
    assert row.due_at > timezone.now() + timedelta(minutes=9)
    phone.refresh_from_db()
    assert phone.active
    bulk()
    assert outside.client.push_topics() == {"news": ["phone-1"] if joins else []}
