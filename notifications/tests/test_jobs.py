"""What the clock does for this floor."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from core.events.publish_many import publish_many
from core.events.subscriptions import SUBSCRIBERS
from core.models import Delivery as Work
from core.schedule import JOBS
from notifications.models import Delivery, Device
from notifications.schedule import let_idle_devices_go, tell_what_was_given_up
from notifications.services import given_up
from notifications.services.notify import notify
from notifications.services.resend import resend
from notifications.services.waiting import QUIET_OVER, wake_up_calls

pytestmark = pytest.mark.django_db
QUEUED = r"notification\.(\w+_)?(email|push|pushes)_queued"


def test_the_jobs_are_known_to_the_clock() -> None:
    assert {
        "notifications.idle_devices",
        "notifications.given_up",
        "notifications.day_figures",
        "notifications.old_messages",
    } <= set(JOBS)


def test_a_device_not_seen_for_ninety_days_gets_no_more_pushes(
    device: Callable[..., Device],
) -> None:
    idle = device("idle", last_seen_at=timezone.now() - timedelta(days=91))
    seen = device("seen", last_seen_at=timezone.now() - timedelta(days=89))
    assert let_idle_devices_go()["deactivated"] == 1
    idle.refresh_from_db()
    seen.refresh_from_db()
    assert (idle.active, idle.deactivated_reason) == (False, "idle")
    assert seen.active
    assert let_idle_devices_go() == {"deactivated": 0, "removed": 0, "forgotten": 0}
    Device.objects.filter(pk=idle.pk).update(deactivated_at=timezone.now() - timedelta(days=91))
    assert let_idle_devices_go()["removed"] == 1
    assert list(Device.objects.all()) == [seen]


def test_by_hand_it_can_be_tried_first(device: Callable[..., Device]) -> None:
    device("idle", last_seen_at=timezone.now() - timedelta(days=91))
    out = StringIO()
    call_command("remove_idle_devices", "--dry-run", stdout=out)
    assert out.getvalue().startswith("1 devices would be switched off, 0 would be deleted")
    assert Device.objects.get().active
    call_command("remove_idle_devices", stdout=out)
    assert not Device.objects.get().active


def test_a_message_whose_worker_kept_dying_is_marked_and_can_be_sent_again() -> None:
    told = notify(
        kind="order_status_changed",
        dedupe_key="x",
        context={"number": "TW-1", "status": "shipped"},
        email="buyer@example.com",
    )
    delivery = told.deliveries.get()
    delivery.move_to("sending")
    Work.objects.filter(event__data__delivery_id=str(delivery.pk)).update(
        state="dead",
        finished_at=timezone.now() + timedelta(seconds=1),
        last_error="Quarantined: its worker died 3 times.",
    )
    assert tell_what_was_given_up() == {"marked": 1}
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == ("dead", "Quarantined: its worker died 3 times.")
    assert resend(delivery_id=delivery.pk).state == "queued"


def test_whoever_sends_anything_is_asked_whether_it_was_given_up() -> None:
    """A sender that is not looked at would leave its messages open for ever."""
    senders = {
        subscriber.name
        for subscriber in SUBSCRIBERS.values()
        if any(re.fullmatch(QUEUED, event_type) for event_type in subscriber.event_types)
    }
    assert len(senders) == 7
    assert senders == {*given_up.SENDERS, *given_up.BATCHES}


def waiting_for_a_call_that_died(user: User) -> Delivery:
    """A mail that waits for quiet hours that ended while its call kept killing workers."""
    over = timezone.now() - timedelta(minutes=1)
    told = notify(
        kind="order_status_changed",
        dedupe_key="x",
        context={"number": "TW-1", "status": "shipped"},
        email=user.email,
        user_id=user.pk,
    )
    waits = told.deliveries.get(channel="email")
    Delivery.objects.filter(pk=waits.pk).update(
        state="waiting", waits_until=over, waits_for=user.pk
    )
    waits.refresh_from_db()
    publish_many(wake_up_calls([waits]))
    Work.objects.filter(event__type=QUIET_OVER).update(
        state="dead", finished_at=timezone.now(), last_error="Quarantined: it killed 3 workers."
    )
    return waits


def test_what_waits_for_a_call_that_died_is_marked_and_can_be_sent_again(shopper: User) -> None:
    waits = waiting_for_a_call_that_died(shopper)
    assert tell_what_was_given_up() == {"marked": 1}
    waits.refresh_from_db()
    assert waits.state == "dead"
    assert waits.reason.endswith("Quarantined: it killed 3 workers.")
    assert resend(delivery_id=waits.pk).state == "queued"


def test_what_another_call_will_still_wake_is_left_alone(shopper: User) -> None:
    waits = waiting_for_a_call_that_died(shopper)
    publish_many(wake_up_calls([waits]))
    assert tell_what_was_given_up() == {"marked": 0}
    waits.refresh_from_db()
    assert waits.state == "waiting"
