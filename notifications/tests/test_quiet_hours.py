"""Left in peace: what waits, what does not, and what becomes of it when the hours are over."""

import os
import signal
import time as clock
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from core import redis
from core.enums import Queue
from core.events.tick import queues_with_due_work
from core.events.worker import work_off
from core.models import Delivery as Work
from notifications import subscribers
from notifications.models import Delivery, Device, Notification
from notifications.services.choices import of_user, say
from notifications.services.notify import notify
from notifications.services.quiet_hours import clear_quiet_hours, set_quiet_hours
from notifications.services.wake import wake
from rehearsal.testing import RunningRehearsal

pytestmark = pytest.mark.django_db

SHIPPED: dict[str, Any] = {"number": "TW-1", "name": "Amina"}
EARNED: dict[str, Any] = {"title": "First parcel abroad"}


def now_quiet(user: User, *, minutes: int = 60) -> None:
    """Quiet hours around the present, on the clock of Tokyo."""
    User.objects.filter(pk=user.pk).update(time_zone="Asia/Tokyo")
    local = timezone.now() + timedelta(hours=9)
    begin, end = local - timedelta(minutes=5), local + timedelta(minutes=minutes)
    set_quiet_hours(user_id=user.pk, starts=begin.time(), ends=end.time())


@pytest.fixture
def quiet(shopper: User) -> User:
    now_quiet(shopper)
    return shopper


def tell(user: User, key: str, kind: str = "order_shipped", **more: Any) -> Notification:
    context = EARNED if kind == "achievement" else SHIPPED
    return notify(
        kind=kind, dedupe_key=key, context=context, email=user.email, user_id=user.pk, **more
    )


def states(told: Notification) -> dict[str, str]:
    return dict(told.deliveries.values_list("channel", "state"))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Everybody's clock goes forward, the database's postponed work with it."""

    def shift(by: timedelta) -> None:
        moved = timezone.now() + by
        monkeypatch.setattr(timezone, "now", lambda: moved)
        Work.objects.filter(state="ready").update(due_at=datetime.now(UTC))

    return shift


def test_mail_and_push_wait_and_the_app_does_not(
    quiet: User, device: Callable[..., Device]
) -> None:
    device("phone")
    told = tell(quiet, "a")
    assert states(told) == {"email": "waiting", "push": "waiting", "in_app": "delivered"}
    mail = told.deliveries.get(channel="email")
    assert "quiet hours last until" in mail.reason
    assert "Asia/Tokyo" in mail.reason
    assert timedelta(minutes=58) < mail.waits_until - timezone.now() <= timedelta(minutes=60)


def test_essential_news_does_not_wait(quiet: User, device: Callable[..., Device]) -> None:
    device("phone")
    assert states(tell(quiet, "a", "order_cancelled")) == {
        "email": "queued", "push": "queued", "in_app": "delivered",
    }  # fmt: skip


def test_afterwards_several_come_as_one(
    outside: RunningRehearsal, quiet: User, device: Callable[..., Device],
    later: Callable[[timedelta], None],
) -> None:  # fmt: skip
    device("phone")
    told = [tell(quiet, "a"), tell(quiet, "b", "achievement"), tell(quiet, "c")]
    work_off(Queue.DEFAULT)
    assert outside.client.mails() == []
    assert states(told[0])["email"] == "waiting"
    later(timedelta(minutes=59))
    work_off(Queue.DEFAULT)
    assert outside.client.mails() == [], "not before the end"
    later(timedelta(minutes=3))
    while work_off(Queue.DEFAULT):
        pass
    (mail,) = outside.client.mails()
    assert mail["subject"] == "3 messages from your quiet hours"
    assert "First parcel abroad" in mail["text"]
    assert "TW-1" in mail["html"]
    digest = Notification.objects.get(kind="digest")
    assert states(digest) == {"email": "sent", "push": "sent"}
    assert len(outside.client.pushes()) == 1
    for one in told:
        assert states(one) == {"email": "merged", "push": "merged", "in_app": "delivered"}
        assert one.deliveries.get(channel="email").digest == digest
    inbox = Notification.objects.filter(user=quiet, in_app=True)
    assert {one.pk for one in inbox} == {one.pk for one in told}


def test_a_single_one_comes_as_itself(
    outside: RunningRehearsal, quiet: User, later: Callable[[timedelta], None]
) -> None:
    told = tell(quiet, "a")
    later(timedelta(minutes=62))
    while work_off(Queue.DEFAULT):
        pass
    (mail,) = outside.client.mails()
    assert "TW-1" in mail["subject"]
    assert states(told)["email"] == "sent"


def test_what_was_switched_off_meanwhile_does_not_come_afterwards(
    outside: RunningRehearsal, quiet: User, later: Callable[[timedelta], None]
) -> None:
    orders, earned = tell(quiet, "a"), tell(quiet, "b", "achievement")
    say(whose=of_user(quiet.pk), choices={("orders", "email"): False}, source="account")
    later(timedelta(minutes=62))
    while work_off(Queue.DEFAULT):
        pass
    (mail,) = outside.client.mails()
    assert "First parcel abroad" in mail["subject"] + mail["text"]
    assert (states(orders)["email"], states(earned)["email"]) == ("suppressed", "sent")


def test_ending_the_hours_lets_go_what_waits(outside: RunningRehearsal, quiet: User) -> None:
    tell(quiet, "a")
    clear_quiet_hours(user_id=quiet.pk)
    while work_off(Queue.DEFAULT):
        pass
    assert len(outside.client.mails()) == 1


def test_hours_that_begin_while_a_mail_is_queued_hold_it_back(
    outside: RunningRehearsal, shopper: User, later: Callable[[timedelta], None]
) -> None:
    told = tell(shopper, "a")
    now_quiet(shopper)
    while work_off(Queue.DEFAULT):
        pass
    assert states(told)["email"] == "waiting"
    assert told.deliveries.get(channel="email").attempts == 0, "waiting costs no try"
    later(timedelta(minutes=62))
    while work_off(Queue.DEFAULT):
        pass
    assert len(outside.client.mails()) == 1


def test_what_is_committed_after_the_end_does_not_wait_for_a_call_that_was_answered(
    outside: RunningRehearsal,
    quiet: User,
    later: Callable[[timedelta], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = timezone.now()
    tell(quiet, "a")
    later(timedelta(minutes=62))
    ended = timezone.now()
    while work_off(Queue.DEFAULT):
        pass
    assert len(outside.client.mails()) == 1
    monkeypatch.setattr(timezone, "now", lambda: begun)  # a slow transaction of before
    told = tell(quiet, "b")
    assert states(told)["email"] == "waiting"
    monkeypatch.setattr(timezone, "now", lambda: ended)
    while work_off(Queue.DEFAULT):
        pass
    assert states(told)["email"] == "sent"


def test_the_call_stands_in_the_log_and_needs_no_bell(
    quiet: User, later: Callable[[timedelta], None]
) -> None:
    tell(quiet, "a")
    work_off(Queue.DEFAULT)  # put off until the end
    call = Work.objects.get(subscriber="notifications.end_quiet_hours", state="ready")
    assert timedelta(minutes=58) < call.due_at - timezone.now() <= timedelta(minutes=60)
    redis.client().flushdb()
    assert Queue.DEFAULT not in queues_with_due_work()
    later(timedelta(minutes=62))
    assert Queue.DEFAULT in queues_with_due_work()


def test_a_digest_can_be_left_by_what_was_in_it(quiet: User) -> None:
    from notifications.choices.links import unsubscribe_headers
    from notifications.choices.subjects import subjects_of

    tell(quiet, "a")
    tell(quiet, "b", "achievement")
    assert wake(user_id=quiet.pk, at=timezone.now() + timedelta(hours=2)) == 2
    digest = Notification.objects.get(kind="digest")
    assert set(subjects_of(digest)) == {"orders", "progress"}
    assert "List-Unsubscribe" in unsubscribe_headers(digest, quiet.email)


def test_the_end_of_a_busy_night_costs_the_queries_of_a_calm_one(quiet: User) -> None:
    def queries(first: int, number: int) -> int:
        for n in range(first, first + number):
            tell(quiet, str(n))
        with CaptureQueriesContext(connection) as seen:
            assert wake(user_id=quiet.pk, at=timezone.now() + timedelta(hours=2)) == number
        return len(seen)

    assert queries(0, 2) == queries(2, 40)
    digest = Notification.objects.filter(kind="digest").latest("id")
    assert (digest.context["count"], digest.context["more"]) == (40, 10)


def test_waking_looks_only_at_what_waits_for_that_person(quiet: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        query = Delivery.objects.filter(waits_for=quiet.pk, state="waiting")
        assert "notifications_waiting" in query.explain()


@pytest.mark.django_db(transaction=True)
@pytest.mark.faults
def test_a_worker_killed_while_it_wakes_loses_and_doubles_nothing(
    outside: RunningRehearsal, later: Callable[[timedelta], None]
) -> None:
    with transaction.atomic():
        user = User.objects.create_user("buyer@example.com")
        now_quiet(user)
        for key in "ab":
            tell(user, key)
    with transaction.atomic():
        later(timedelta(minutes=62))
    reader, writer = os.pipe()
    connection.close()
    child = os.fork()
    if child == 0:
        real = subscribers.wake

        def wake_and_hang(**whose: Any) -> int:
            done = real(**whose)
            os.write(writer, b"x")  # the digest is written, nothing is committed
            clock.sleep(60)
            return done

        subscribers.wake = wake_and_hang
        work_off(Queue.DEFAULT)
        os._exit(0)
    try:
        assert os.read(reader, 1) == b"x"
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    with transaction.atomic():
        assert set(Delivery.objects.filter(channel="email").values_list("state", flat=True)) == {
            "waiting"
        }
        Work.objects.filter(state="leased").update(due_at=datetime.now(UTC))  # the lease ends
    while work_off(Queue.DEFAULT):
        pass
    (mail,) = outside.client.mails()
    assert mail["subject"] == "2 messages from your quiet hours"
    with transaction.atomic():
        assert Notification.objects.filter(kind="digest").count() == 1
