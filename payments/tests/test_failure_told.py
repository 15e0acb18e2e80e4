"""Whose payment did not go through hears of it once, and only when that is the news."""

import pytest

from core.models import Event
from notifications.models import Notification
from payments.enums import PaymentStatus
from payments.gateways.interface import Seen
from payments.models import Payment
from payments.services.settle import settle
from payments.tests.house import House, attempt_of
from payments.tests.test_settle import seen_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(house: House) -> Payment:
    payment = house.opened(language="fr", description="Order TW-1")
    attempt = attempt_of(payment)
    attempt.livemode = False
    attempt.save()
    return payment


def shown(payment: Payment, *states: Seen) -> None:
    for state in states:
        settle(attempt_id=attempt_of(payment).pk, seen=seen_of(payment, state), source="test")


def test_the_payer_is_told_once_in_their_language(house: House, opened: Payment) -> None:
    shown(opened, Seen.FAILED, Seen.FAILED)
    house.work()
    told = Notification.objects.get(kind="payment_failed")
    assert (told.email, told.language, told.category) == (opened.email, "fr", "essential")
    assert told.context["amount"] == {"amount": "42.50", "currency": "EUR"}
    assert told.context["url"].endswith(f"/payments/{opened.reference}/")


def test_who_paid_meanwhile_is_thanked_instead(house: House, opened: Payment) -> None:
    shown(opened, Seen.FAILED, Seen.CAPTURED)
    assert Event.objects.filter(type="payment.failed").exists()
    house.work()
    assert [one.kind for one in Notification.objects.all()] == ["payment_thank_you"]


def test_a_page_that_closed_unused_is_no_failure(house: House, opened: Payment) -> None:
    shown(opened, Seen.EXPIRED)
    opened.refresh_from_db()
    assert opened.status == PaymentStatus.CANCELLED
    house.work()
    assert not Notification.objects.exists()
