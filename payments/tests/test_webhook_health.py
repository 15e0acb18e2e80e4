"""Staff see whether each gateway is heard as usual, and health says when it is not."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core.enums import Queue
from core.events.worker import work_off
from core.health.probes import Status
from core.intake.refusals import Tally
from core.models import Event
from payments.tests.house import House
from payments.tests.test_admin import signed_in
from payments.webhooks import probe
from payments.webhooks.arrivals import Rhythm
from payments.webhooks.health import SenderHealth, is_late, late_senders, senders_health
from payments.webhooks.order import happened_at
from payments.webhooks.spoken import spoken

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
PAGE = "webhook-health"


def arrived(
    kind: str = "stripe.charge.refunded",
    *,
    ago: timedelta,
    created: int | None = None,
    subject: str = "",
    duplicates: int = 0,
) -> Event:
    """An event as the intake would have stored it."""
    body = json.dumps({"created": created}).encode() if created is not None else b"{}"
    return Event.objects.create(
        type=kind,
        source=kind.split(".")[0],
        external_key=f"{kind}:{ago}:{created}:{subject}",
        subject=subject,
        body=body,
        duplicates=duplicates,
        created_at=NOW - ago,
    )


def stripe() -> SenderHealth:
    return next(one for one in senders_health(now=NOW) if one.sender.name == "stripe")


def every_five_minutes(*, silent_for: timedelta, count: int = 30) -> None:
    for number in range(count):
        arrived(ago=silent_for + timedelta(minutes=5 * number))


def test_counts_of_the_week_by_type_with_repetitions(settings) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    arrived(ago=timedelta(0), duplicates=3)
    arrived(ago=timedelta(days=3))
    arrived("stripe.brand.new", ago=timedelta(days=1))
    arrived(ago=timedelta(days=8))
    found = stripe()
    assert (found.week, found.today, found.repeated) == (3, 1, 3)
    assert found.repeated_percent == 50.0
    assert [(one.type, one.week) for one in found.unknown] == [("stripe.brand.new", 1)]


@pytest.mark.parametrize(("minutes", "late"), [(6, False), (14, False), (16, True), (600, True)])
def test_a_silence_unlike_any_of_the_week_is_late(settings, minutes: int, late: bool) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    every_five_minutes(silent_for=timedelta(minutes=minutes))
    assert stripe().is_late is late
    assert bool(late_senders(now=NOW)) is late


def test_a_night_that_was_as_silent_is_no_alarm() -> None:
    usual = Rhythm(NOW - timedelta(hours=7), 500, *(timedelta(minutes=n) for n in (1, 4)), None)
    assert not is_late(usual, now=NOW)
    quiet = timedelta(minutes=1), timedelta(minutes=4), timedelta(hours=8)
    assert not is_late(Rhythm(NOW - timedelta(hours=7), 500, *quiet), now=NOW)
    assert is_late(Rhythm(NOW - timedelta(hours=9), 500, *quiet), now=NOW)


def test_few_events_make_no_rhythm(settings) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    every_five_minutes(silent_for=timedelta(days=2), count=10)
    assert not stripe().is_late


def test_a_gateway_without_a_key_is_not_waited_for(settings) -> None:
    settings.STRIPE_SECRET_KEY = ""
    every_five_minutes(silent_for=timedelta(days=1))
    assert late_senders(now=NOW) == []


def test_what_comes_after_a_later_event_about_the_same_thing_is_out_of_order() -> None:
    for ago, subject, created in [
        (5, "stripe:a", 100), (4, "stripe:a", 103), (3, "stripe:a", 101), (2, "stripe:b", 50),
    ]:  # fmt: skip
        arrived(ago=timedelta(minutes=ago), subject=subject, created=created)
    disorder = stripe().disorder
    assert (disorder.looked_at, disorder.late) == (4, 1)


@pytest.mark.parametrize(
    ("body", "at"),
    [
        (b'{"created": 1700000000}', 1_700_000_000.0),
        (b'{"created": "2023-11-14T22:13:20Z"}', 1_700_000_000.0),
        (b'{"event": "payment.captured", "created_at": 1700000000}', 1_700_000_000.0),
        (b'{"event": "charge.success", "data": {"paid_at": "2023-11-14T22:13:20.000Z"}}',
         1_700_000_000.0),
        (b'{"created": true}', None),
        (b'{"created": "yesterday"}', None),
        (b"\xff", None),
        (b"[" * 10_000, None),
    ],
)  # fmt: skip
def test_each_gateway_says_when_in_its_own_way(body: bytes, at: float | None) -> None:
    assert happened_at(body) == at


def test_an_unknown_type_is_kept_ignored_and_counted(house: House) -> None:
    body = json.dumps({"id": "evt_new", "object": "event", "type": "capital.offer", "data":
                       {"object": {"id": "fo_1"}}}).encode()  # fmt: skip
    assert house.post(body).status_code == 200
    work_off(Queue.BULK)
    event = Event.objects.get(external_key="evt_new")
    kept = event.deliveries.get()
    assert (kept.subscriber, kept.state) == ("payments.keep_unknown_gateway_event", "ignored")
    assert kept.last_error == "stripe.capital.offer is not handled; kept."
    found = next(one for one in senders_health() if one.sender.name == "stripe")
    assert [one.type for one in found.unknown] == ["stripe.capital.offer"]


def test_the_page_tells_all_of_it(settings) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    every_five_minutes(silent_for=timedelta(hours=3))
    arrived("stripe.brand.new", ago=timedelta(hours=4))
    tally = Tally()
    tally.note("stripe", "no secret of ours fits")
    tally.write()
    shown = signed_in("manager").get(reverse(PAGE)).content.decode()
    for part in ("Late", "3 h", "stripe.brand.new", "no, kept", "no secret of ours fits",
                 "disabled and has to be enabled by hand"):  # fmt: skip
        assert part in shown, part


def test_an_empty_page_says_what_to_do(settings) -> None:
    settings.STRIPE_SECRET_KEY, settings.RAZORPAY_KEY_ID = "sk_test_x", ""
    shown = signed_in("readonly").get(reverse(PAGE)).content.decode()
    assert "Enter /webhooks/stripe/ of this site" in shown
    assert "No key is configured" in shown


def test_agents_do_not_see_the_machinery() -> None:
    assert signed_in("agent").get(reverse(PAGE)).status_code == 403
    assert Client().get(reverse(PAGE)).status_code == 302


@pytest.mark.parametrize("events", [1, 40])
def test_the_page_costs_the_same_for_one_event_or_many(
    events: int, django_assert_max_num_queries
) -> None:
    every_five_minutes(silent_for=timedelta(minutes=1), count=events)
    staff = signed_in("manager")
    with django_assert_max_num_queries(20):
        staff.get(reverse(PAGE))


def test_health_is_degraded_by_a_silent_gateway_and_looks_rarely(settings, monkeypatch) -> None:
    monkeypatch.setattr(probe, "_seen", [])
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    assert probe.webhooks() is None
    every_five_minutes(silent_for=timedelta(hours=3))
    assert probe.webhooks() is None  # known for half a minute
    monkeypatch.setattr(probe, "_seen", [])
    found = probe.webhooks()
    assert found is not None
    assert found.status is Status.DEGRADED
    assert "Stripe is silent for 3 h" in found.detail


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "a moment"), (59, "59 s"), (3_700, "1 h 1 min"), (200_000, "2 d 7 h")]
)
def test_spans_are_said_in_two_units(seconds: int, said: str) -> None:
    assert spoken(timedelta(seconds=seconds)) == said
