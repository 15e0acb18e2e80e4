"""A campaign reaches each of its people once, whatever happens on the way."""

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from core.enums import Queue
from core.errors import Conflict, Invalid
from core.events.worker import work_off
from core.models import Delivery as Work
from notifications.campaigns import subscribers
from notifications.enums import Source
from notifications.models import (
    Campaign,
    CampaignRecipient,
    CampaignText,
    Delivery,
    Device,
    Notification,
    Preference,
)  # fmt: skip
from notifications.rendering.environment import compile_template
from notifications.services.campaigns import steering, stepping, texts
from notifications.services.campaigns.clock import call_silent_campaigns
from notifications.services.campaigns.results import forecast_of, results_of
from notifications.services.campaigns.trying import send_trial
from notifications.services.choices import of_address, of_user, say
from rehearsal.testing import RunningRehearsal

ONE_TRANSACTION = pytest.mark.django_db
COMMITS = pytest.mark.django_db(transaction=True)


def people(number: int, **columns: Any) -> list[User]:
    """Users who want offers."""
    users = User.objects.bulk_create(
        [
            User(
                email=f"p{n}@example.com", password="!", full_name=f"Person {n}",
                email_confirmed_at=timezone.now(), **columns,
            )
            for n in range(number)
        ]
    )  # fmt: skip
    for channel in ("email", "push"):
        Preference.objects.bulk_create(
            [Preference(user=u, subject="offers", channel=channel, wanted=True) for u in users]
        )
    return users


def campaign(**columns: Any) -> Campaign:
    made = Campaign.objects.create(
        **({"name": "Spring", "audience": "users", "per_minute": 10_000} | columns)
    )
    CampaignText.objects.create(
        campaign=made, subject="Spring tea", body="Dear {{ name }},\n\nit has come.", button="See"
    )
    CampaignText.objects.create(campaign=made, language="fr", subject="Le thé", body="Le voici.")
    return made


def work(*, pauses: bool = False) -> None:
    """Steps until none is due; `pauses` are waited for unless skipped.

    A lease that ran out on a slow machine is taken again: inside one transaction nobody renews it.
    """
    states = ["leased"] if pauses else ["leased", "ready"]
    while True:
        Work.objects.filter(state__in=states).update(due_at=timezone.now())
        if not work_off(Queue.BULK) and not Work.objects.filter(state="leased").exists():
            return


@ONE_TRANSACTION
def test_it_is_prepared_with_reasons_and_sent_to_each_in_their_language(
    outside: RunningRehearsal,
) -> None:
    users = people(3)
    User.objects.filter(pk=users[1].pk).update(language="fr-CA")
    Preference.objects.filter(user=users[2]).update(wanted=False)
    spring = campaign(url="https://shop.example/spring")
    steering.prepare(campaign_id=spring.pk)
    work()
    spring.refresh_from_db()
    wanted, reasons = forecast_of(spring)
    assert (spring.state, spring.people, wanted) == ("ready", 3, 2)
    assert reasons[0][1] == 1
    assert "switched off" in reasons[0][0]
    steering.start(campaign_id=spring.pk)
    work()
    work_off(Queue.DEFAULT)  # and what goes out in bulk was worked off with the steps
    spring.refresh_from_db()
    assert (spring.state, spring.done) == ("done", 3)
    mails = {mail["recipients"][0]: mail for mail in outside.client.mails()}
    assert set(mails) == {users[0].email, users[1].email}
    assert mails[users[0].email]["subject"] == "Spring tea"
    assert "Dear Person 0," in mails[users[0].email]["text"]
    assert mails[users[1].email]["subject"] == "Le thé"
    assert "list-unsubscribe" in mails[users[0].email]["headers"]
    found = results_of(spring)
    assert (found.sent, found.states["suppressed"]) == (2, 1)


@ONE_TRANSACTION
def test_a_push_campaign_reaches_fresh_phones_only(outside: RunningRehearsal) -> None:
    users = people(3)
    for user, days in ((users[0], 1), (users[1], 40)):
        Device.objects.create(
            user=user, platform="ios", token=f"t-{days}",
            last_seen_at=timezone.now() - timedelta(days=days),
        )  # fmt: skip
    spring = campaign(channel="push")
    steering.prepare(campaign_id=spring.pk)
    work()
    wanted, reasons = forecast_of(spring)
    assert (wanted, reasons) == (1, [("They have no device that takes pushes.", 2)])
    steering.start(campaign_id=spring.pk)
    work()
    work_off(Queue.DEFAULT)  # and what goes out in bulk was worked off with the steps
    assert [push["target"] for push in outside.client.pushes()] == ["t-1"]


@ONE_TRANSACTION
def test_the_throttle_the_pause_and_the_stop_hold(db: None) -> None:
    people(8)
    spring = campaign(per_minute=3)
    steering.prepare(campaign_id=spring.pk)
    work()
    steering.start(campaign_id=spring.pk)
    work(pauses=True)
    assert Notification.objects.count() == 3, "the next ones wait for a minute"
    steering.pause(campaign_id=spring.pk)
    work()
    assert Notification.objects.count() == 3
    steering.resume(campaign_id=spring.pk)
    work(pauses=True)
    assert Notification.objects.count() == 6
    steering.stop(campaign_id=spring.pk)
    work()
    assert Notification.objects.count() == 6
    with pytest.raises(Conflict, match="stopped"):
        steering.resume(campaign_id=spring.pk)


@ONE_TRANSACTION
def test_a_scheduled_one_waits_for_its_time(db: None) -> None:
    people(1)
    spring = campaign(starts_at=timezone.now() + timedelta(hours=2))
    steering.prepare(campaign_id=spring.pk)
    work(pauses=True)
    assert steering.start(campaign_id=spring.pk).state == "scheduled"
    work(pauses=True)
    waits = Work.objects.get(state="ready", subscriber="notifications.step_campaign")
    assert timedelta(minutes=115) < waits.due_at - timezone.now() < timedelta(minutes=121)
    assert not Notification.objects.exists()


@ONE_TRANSACTION
def test_a_scheduled_one_whose_call_died_begins_all_the_same(db: None) -> None:
    people(1)
    spring = campaign(starts_at=timezone.now() + timedelta(hours=2))
    steering.prepare(campaign_id=spring.pk)
    work(pauses=True)
    steering.start(campaign_id=spring.pk)
    assert call_silent_campaigns() == 0, "its time has not come"
    Work.objects.filter(state="ready").update(state="dead", finished_at=timezone.now())
    Campaign.objects.update(starts_at=timezone.now() - timedelta(minutes=6))
    assert call_silent_campaigns() == 1
    work()
    spring.refresh_from_db()
    assert spring.state == "done"
    assert Notification.objects.count() == 1


@ONE_TRANSACTION
def test_one_whose_call_waits_behind_much_else_begins_when_its_turn_comes(db: None) -> None:
    people(1)
    spring = campaign(starts_at=timezone.now() + timedelta(hours=2))
    steering.prepare(campaign_id=spring.pk)
    work(pauses=True)
    steering.start(campaign_id=spring.pk)
    mine = Work.objects.get(state="ready", subscriber="notifications.step_campaign")
    mine.event.data["not_before"] = ""
    mine.event.save(update_fields=["data"])
    Campaign.objects.update(starts_at=timezone.now() - timedelta(minutes=20))
    assert [call_silent_campaigns(), call_silent_campaigns()] == [1, 1], "ten minutes apart"
    Work.objects.filter(pk__gt=mine.pk).update(due_at=timezone.now() + timedelta(hours=1))
    work(pauses=True)
    spring.refresh_from_db()
    assert spring.state != "scheduled"
    work()
    spring.refresh_from_db()
    assert (spring.state, spring.done) == ("done", 1)
    assert Notification.objects.count() == 1


@ONE_TRANSACTION
@pytest.mark.parametrize(
    ("body", "fault"),
    [("{{ password }}", "password"), ("{% for x in (1..9999999) %}{% endfor %}", "texts")],
)
def test_a_text_that_cannot_be_filled_in_is_refused(db: None, body: str, fault: str) -> None:
    spring = campaign()
    spring.texts.filter(language="en").update(body=body)
    with pytest.raises(Invalid) as refused:
        steering.prepare(campaign_id=spring.pk)
    assert fault in str(refused.value.details)


@ONE_TRANSACTION
def test_results_mean_what_the_delivery_board_means_and_show_nobodys_address(db: None) -> None:
    people(6)
    spring = campaign()
    steering.prepare(campaign_id=spring.pk)
    work()
    steering.start(campaign_id=spring.pk)
    work()
    mails = list(Delivery.objects.order_by("pk"))
    for mail, (state, reason) in zip(mails, [
        ("sent", ""),
        ("delivered", ""),
        ("complained", "Called spam: by p2@example.com"),
        ("bounced", "Came back for good: 550 no box p3@example.com"),
        ("failed", "Refused for p4@example.com"),
        ("failed", "Refused for p5@example.com"),
    ], strict=True):  # fmt: skip
        Delivery.objects.filter(pk=mail.pk).update(state=state, reason=reason)
    found = results_of(spring)
    assert (found.sent, found.delivered, found.lost) == (4, 2, 3)
    assert "@" not in str(found.reasons)
    assert ("Refused for …", 2) in found.reasons


@ONE_TRANSACTION
def test_whoever_says_no_by_login_or_by_address_alone_is_counted_as_unsubscribed(
    db: None,
) -> None:
    first, second, third, _ = people(4)
    spring = campaign()
    steering.prepare(campaign_id=spring.pk)
    CampaignRecipient.objects.filter(person=second.pk).update(user_id=None)
    work()
    steering.start(campaign_id=spring.pk)
    work()
    no = {("offers", "email"): False}
    say(whose=of_user(first.pk), choices=no, source=Source.ACCOUNT)
    guest = of_address(second.email)
    assert guest is not None
    say(whose=guest, choices=no, source=Source.ONE_CLICK)
    say(whose=of_user(third.pk), choices=no, source=Source.LINK)
    spring.refresh_from_db()
    assert results_of(spring).unsubscribed == 3


@ONE_TRANSACTION
@pytest.mark.parametrize("reads", ["de-AT", "de_at", "DE_AT", "de-at"])
@pytest.mark.parametrize("written", ["de-AT", "de"])
def test_a_text_is_found_however_the_language_is_written(
    db: None, reads: str, written: str
) -> None:
    spring = campaign()
    CampaignText.objects.create(campaign=spring, language=written, subject="Tee", body="Da.")
    assert texts.words_for(texts.texts_of(spring), reads).subject == "Tee"


@ONE_TRANSACTION
def test_a_text_is_read_once_for_all_its_people(monkeypatch: Any) -> None:
    people(5)
    spring = campaign()
    spring.texts.filter(language="en").update(body="Only here, {{ name }}.")
    steering.prepare(campaign_id=spring.pk)
    read: list[str] = []

    def compiled(source: str, **given: Any) -> Any:
        read.append(source)
        return compile_template(source, **given)

    monkeypatch.setattr(texts, "compile_template", compiled)
    texts._compiled.cache_clear()
    work()
    steering.start(campaign_id=spring.pk)
    work()
    assert Notification.objects.count() == 5
    assert read.count("Only here, {{ name }}.") == 1


@ONE_TRANSACTION
def test_a_trial_goes_to_staff_whatever_they_chose(outside: RunningRehearsal) -> None:
    send_trial(campaign=campaign(), language="fr-FR", email="boss@example.com")
    work_off(Queue.DEFAULT)
    (mail,) = outside.client.mails(to="boss@example.com")
    assert mail["subject"] == "Le thé"


@COMMITS
@pytest.mark.faults
def test_a_worker_killed_in_a_step_loses_nobody_and_doubles_nobody(monkeypatch: Any) -> None:
    monkeypatch.setattr(stepping, "BATCH", 100)
    with transaction.atomic():
        people(240)
        spring = campaign(channel="push")  # nothing goes out: only the steps are at work
        steering.prepare(campaign_id=spring.pk)
    work_off(Queue.BULK)
    with transaction.atomic():
        steering.start(campaign_id=spring.pk)
    killed_after_its_writes()
    with transaction.atomic():
        assert Notification.objects.count() == 0
        Work.objects.filter(state="leased").update(due_at=timezone.now())
    settle(spring)
    with transaction.atomic():
        assert Notification.objects.count() == Delivery.objects.count() == 240
        assert CampaignRecipient.objects.filter(state="told").count() == 240


def settle(spring: Campaign) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with transaction.atomic():
            spring.refresh_from_db()
        if spring.state == "done":
            return
        work_off(Queue.BULK)
        time.sleep(0.1)


def killed_after_its_writes() -> None:
    """A process takes a step, writes everything, and dies before the commit."""
    connection.close()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        real: Callable[..., None] = subscribers.take_step

        def die(**given: Any) -> None:
            real(**given)
            os.write(writer, b"x")
            time.sleep(60)

        subscribers.take_step = die
        work_off(Queue.BULK)
        os._exit(0)
    assert os.read(reader, 1) == b"x"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
