"""Telling somebody a fact: once, in the caller's transaction, on every channel they have."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.models import Event
from notifications.kinds import ContextError
from notifications.models import Delivery, Device, Notification
from notifications.services.notify import notify

pytestmark = pytest.mark.django_db

THANKS: dict[str, Any] = {
    "reference": "pay_1",
    "amount": {"amount": "12.00", "currency": "EUR"},
}


@pytest.fixture
def shopper() -> User:
    return User.objects.create_user("buyer@example.com")


def device(user: User, token: str, **columns: Any) -> Device:
    return Device.objects.create(
        user=user, platform="android", token=token, last_seen_at=timezone.now(), **columns
    )


def test_one_delivery_for_the_address_each_active_device_and_the_inbox(shopper: User) -> None:
    device(shopper, "a")
    device(shopper, "b")
    device(shopper, "gone", active=False, deactivated_reason="idle", deactivated_at=timezone.now())
    told = notify(
        kind="payment_thank_you",
        dedupe_key="thanks:1",
        context=THANKS,
        email="buyer@example.com",
        user_id=shopper.pk,
    )
    channels = sorted(told.deliveries.values_list("channel", "state"))
    assert channels == [
        ("email", "queued"),
        ("in_app", "delivered"),
        ("push", "queued"),
        ("push", "queued"),
    ]
    queued = Event.objects.filter(type__startswith="notification.").values_list("type", flat=True)
    assert sorted(queued) == [
        "notification.essential_email_queued",
        "notification.push_queued",
        "notification.push_queued",
    ]


def test_the_same_dedupe_key_tells_once() -> None:
    first, second = (
        notify(kind="payment_thank_you", dedupe_key="k", context=THANKS, email="a@example.com")
        for _ in range(2)
    )
    assert first.pk == second.pk
    assert Delivery.objects.count() == 1
    assert Event.objects.filter(type__endswith="email_queued").count() == 1


def test_a_rolled_back_fact_tells_nobody() -> None:
    with transaction.atomic():
        notify(kind="payment_thank_you", dedupe_key="k", context=THANKS, email="a@example.com")
        transaction.set_rollback(True)
    assert not Notification.objects.exists()
    assert not Event.objects.filter(type__endswith="email_queued").exists()


@pytest.mark.parametrize(
    ("context", "complaint"),
    [
        ({}, "needs 'reference'; needs 'amount'"),
        (THANKS | {"user": "x"}, "does not know 'user'"),
        (THANKS | {"amount": "12.00 EUR"}, "wants 'amount' as Money.as_json"),
        (THANKS | {"url": "javascript:alert(1)"}, "wants 'url' as a web address"),
    ],
)
def test_a_context_other_than_declared_is_refused(context: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ContextError, match=complaint):
        notify(kind="payment_thank_you", dedupe_key="k", context=context, email="a@b.example")
