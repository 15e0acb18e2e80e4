"""Telling many at once: each once, each as they want it, with the same number of queries."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from core.models import Event
from notifications.kinds import KINDS
from notifications.kinds.manners import MANNERS
from notifications.models import Device, Notification
from notifications.services.notify import Recipient, notify_many

pytestmark = pytest.mark.django_db

NEWS: dict[str, Any] = {"title": "First parcel abroad"}


def crowd(prefix: str, number: int) -> list[Recipient]:
    """Users with a phone each."""
    users = User.objects.bulk_create(
        User(email=f"{prefix}{index}@example.com") for index in range(number)
    )
    now = timezone.now()
    Device.objects.bulk_create(
        Device(user=user, platform="ios", token=f"of {user.email}", last_seen_at=now)
        for user in users
    )
    return [Recipient(f"{prefix}:{one.pk}", NEWS, one.email, one.pk) for one in users]


def test_a_hundred_cost_the_queries_of_three() -> None:
    few, many = crowd("few", 3), crowd("many", 100)
    with (
        transaction.atomic(),
        CaptureQueriesContext(
            connection,
        ) as of_few,
    ):
        notify_many(kind="achievement", recipients=few)
    with transaction.atomic(), CaptureQueriesContext(connection) as of_many:
        written = notify_many(kind="achievement", recipients=many)
    assert len(of_many) == len(of_few)
    assert len(written) == 100
    assert Event.objects.filter(type="notification.push_queued").count() == 3
    batch = Event.objects.get(type="notification.pushes_queued")
    assert len(batch.data["delivery_ids"]) == 100
    assert Event.objects.filter(type__endswith="email_queued").count() == 103


def test_whoever_was_told_before_is_not_told_again() -> None:
    told = crowd("told", 2)
    assert len(notify_many(kind="achievement", recipients=told)) == 2
    again = notify_many(kind="achievement", recipients=[*told, *crowd("new", 1), told[0]])
    assert [one.email for one in again] == ["new0@example.com"]
    assert Notification.objects.count() == 3


def test_every_kind_has_its_manner() -> None:
    assert set(KINDS) - set(MANNERS) == set()
