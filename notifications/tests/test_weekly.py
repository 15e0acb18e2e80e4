"""The weekly report: Monday at eight where people live, once, and only with something in it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from core.time_zones import time_zones
from notifications.choices.quiet import zone_named
from notifications.models import Delivery, Notification, WeeklyRound
from notifications.services import weekly
from notifications.services.choices import of_user, say
from notifications.services.weekly import write_weekly_reports
from notifications.weekly.clock import rounds_due
from notifications.weekly.sections import SECTIONS, Lines, Period, Reader, Row

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
SEEN: list[Period] = []


@pytest.fixture(autouse=True)
def section(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One line for everybody whose name is not "Idle"."""

    def steps(readers: Sequence[Reader], period: Period) -> Lines:
        SEEN.append(period)
        idle = set(User.objects.filter(full_name="Idle").values_list("pk", flat=True))
        return {one.user_id: [Row("Steps", "12")] for one in readers if one.user_id not in idle}

    monkeypatch.setitem(SECTIONS, "test.steps", steps)
    SEEN.clear()
    return


def person(email: str, zone: str, **columns: Any) -> User:
    values = {"time_zone": zone, "email_confirmed_at": MONDAY, "full_name": "Busy"} | columns
    return User.objects.create_user(email, **values)


def keys() -> list[str]:
    return list(Notification.objects.order_by("dedupe_key").values_list("dedupe_key", flat=True))


def test_each_zone_at_its_own_eight_oclock_and_once() -> None:
    tokyo = person("t@example.com", "Asia/Tokyo")
    berlin = person("b@example.com", "Europe/Berlin")
    at = MONDAY - timedelta(hours=1)  # Monday 08:00 in Tokyo
    assert write_weekly_reports(now=at - timedelta(seconds=1)) == 0
    assert write_weekly_reports(now=at) == 1
    assert keys() == [f"weekly:2026-W49:{tokyo.pk}"]
    (period,) = SEEN
    assert period.begins == datetime(2026, 11, 22, 15, tzinfo=UTC)
    assert period.ends == datetime(2026, 11, 29, 15, tzinfo=UTC)
    assert write_weekly_reports(now=MONDAY + timedelta(hours=7)) == 1
    assert write_weekly_reports(now=MONDAY + timedelta(hours=7, minutes=10)) == 0
    assert keys() == sorted(f"weekly:2026-W49:{one.pk}" for one in (tokyo, berlin))
    assert write_weekly_reports(now=MONDAY + timedelta(days=7, hours=7)) == 2


def test_whoever_has_nothing_to_read_or_no_proven_address_gets_none() -> None:
    person("idle@example.com", "UTC", full_name="Idle")
    person("unproven@example.com", "UTC", email_confirmed_at=None)
    person("gone@example.com", "UTC", is_active=False)
    assert write_weekly_reports(now=MONDAY + timedelta(hours=8)) == 0
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("hours", "comes"),
    [(7.9, False), (8, True), (19.9, True), (20, False), (27, False), (32, True), (44, False)],
)
def test_after_a_house_was_down_it_comes_by_day_and_not_too_late(hours: float, comes: bool) -> None:
    person("a@example.com", "UTC")
    assert write_weekly_reports(now=MONDAY + timedelta(hours=hours)) == int(comes)


@given(at=st.datetimes(datetime(2020, 1, 1), datetime(2037, 1, 1)))  # noqa: DTZ001 - made UTC
def test_nowhere_it_is_ever_night(at: datetime) -> None:
    now = at.replace(tzinfo=UTC)
    for one in rounds_due(now, time_zones()):
        local = now.astimezone(zone_named(one.zone))
        assert time(8) <= local.time() < time(20)
        assert one.monday.weekday() == 0
        assert local.date() - one.monday <= timedelta(days=1)
        hours = (one.period.ends - one.period.begins) / timedelta(hours=1)
        assert 143 <= hours <= 170  # a week, but for changes of the clock (and Samoa's lost day)


def test_a_page_at_a_time_with_the_same_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    def queries(count: int, prefix: str, now: datetime) -> int:
        User.objects.bulk_create(
            User(email=f"{prefix}{n}@example.com", time_zone="UTC", email_confirmed_at=MONDAY)
            for n in range(count)
        )
        with CaptureQueriesContext(connection) as seen:
            write_weekly_reports(now=now)
        return len(seen)

    first = queries(2, "a", MONDAY + timedelta(hours=8))
    assert queries(60, "b", MONDAY + timedelta(days=7, hours=8)) == first
    monkeypatch.setattr(weekly, "PAGE", 10)
    assert write_weekly_reports(now=MONDAY + timedelta(days=14, hours=8)) == 62
    row = WeeklyRound.objects.get(week="2026-W51")
    assert (row.written, row.done) == (62, True)


@pytest.mark.django_db(transaction=True)
def test_a_run_that_breaks_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction.atomic():
        people = [person(f"{n}@example.com", "UTC") for n in range(6)]
    monkeypatch.setattr(weekly, "PAGE", 2)
    asked: list[UUID] = []
    real = weekly._tell

    def breaks(users: Any, one: Any) -> int:
        asked.extend(user.pk for user in users)
        told = real(users, one)
        if len(asked) == 4:
            raise OSError("the worker is killed")
        return told

    monkeypatch.setattr(weekly, "_tell", breaks)
    with pytest.raises(OSError, match="killed"):
        write_weekly_reports(now=MONDAY + timedelta(hours=8))
    with transaction.atomic():
        assert len(keys()) == 2, "the first page stands, the second was rolled back"
    assert write_weekly_reports(now=MONDAY + timedelta(hours=9)) == 4
    assert [asked.count(one.pk) for one in people] == [1, 1, 2, 2, 1, 1]
    with transaction.atomic():
        assert keys() == sorted(f"weekly:2026-W49:{one.pk}" for one in people)


def test_whoever_switched_it_off_is_on_record_as_not_told() -> None:
    user = person("a@example.com", "UTC")
    say(whose=of_user(user.pk), choices={("progress", "email"): False}, source="account")
    write_weekly_reports(now=MONDAY + timedelta(hours=8))
    mail = Delivery.objects.get(channel="email")
    assert (mail.state, "switched off" in mail.reason) == ("suppressed", True)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_it_can_be_read_in_each_language(language: str) -> None:
    from notifications.services.notify import notify
    from notifications.tests.asking import render

    user = person("a@example.com", "UTC", language=language)
    for n in range(2):
        Notification.objects.filter(
            pk=notify(
                kind="achievement", dedupe_key=str(n), context={"title": f"Parcel {n}"},
                user_id=user.pk,
            ).pk
        )  # fmt: skip
    now = datetime.now(UTC)
    monday = now + timedelta(days=7 - now.weekday())
    write_weekly_reports(now=monday.replace(hour=9))
    report = Notification.objects.get(kind="weekly_progress")
    rendered = render(report)
    assert "Parcel 0" in rendered.text
    assert "Parcel 1" in rendered.html
    assert rendered.language == language


def test_finding_the_users_of_a_zone_reads_no_table_through() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {weekly.INHABITED}", [["UTC", "Asia/Tokyo"]])
        assert "accounts_user_zone" in str(cursor.fetchall())
