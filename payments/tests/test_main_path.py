"""Start, pay, webhook, settle, books, news: the path everything else is built around."""

import pytest

from core.models import Event
from notifications.models import Notification
from payments.enums import AttemptState, PaymentStatus
from payments.models import LedgerEntry, PaymentEvent
from payments.services.books.balances import trial_balance
from payments.tests.house import House, attempt_of, booked

pytestmark = pytest.mark.django_db


def test_a_payment_goes_from_pending_to_paid(house: House) -> None:
    payment = house.opened()
    assert (payment.status, payment.authorization_url) == (PaymentStatus.PENDING, "")

    payment = house.submitted()
    assert payment.status == PaymentStatus.PENDING
    assert payment.authorization_url.startswith(house.running.base_url)

    house.stripe.pay(house.session_of(payment))
    assert set(house.deliver()) == {200}
    house.work()

    payment.refresh_from_db()
    assert payment.status == PaymentStatus.SUCCESS
    assert payment.captured == payment.amount
    assert payment.paid_at is not None
    assert attempt_of(payment).state == AttemptState.CAPTURED


def test_a_paid_payment_stands_in_the_books_once_with_its_fee(house: House) -> None:
    payment = house.paid()
    assert (booked(payment), booked(payment, "gateway_fee")) == (1, 1)
    amounts = {(entry.account.code, entry.amount_minor) for entry in LedgerEntry.objects.all()}
    fee = attempt_of(payment).fee_minor
    assert amounts == {
        ("gateway:stripe", 4250),
        ("receivable:order", -4250),
        ("fees:stripe", fee),
        ("gateway:stripe", -fee),
    }
    assert trial_balance() == {"EUR": 0}


def test_a_paid_payment_is_announced_once_and_thanked_for_once(house: House) -> None:
    payment = house.paid()
    news = Event.objects.get(type="payment.succeeded")
    assert news.subject == f"payment:{payment.pk}"
    assert news.data == {
        "payment_id": str(payment.pk),
        "reference": payment.reference,
        "purpose": "order",
        "purpose_id": str(payment.purpose_id),
        "amount_minor": 4250,
        "captured_minor": 4250,
        "currency": "EUR",
        "gateway": "stripe",
        "email": "amina@example.com",
        "user_id": None,
        "status": "success",
    }
    thanks = Notification.objects.get()
    assert (thanks.kind, thanks.email) == ("payment_thank_you", "amina@example.com")
    assert [e.type for e in PaymentEvent.objects.all()] == ["submitted", "captured"]


def test_the_payer_is_thanked_in_the_language_he_paid_in(house: House) -> None:
    house.paid(language="fr")
    assert Notification.objects.get().language == "fr"
