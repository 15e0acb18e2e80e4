"""Paystack from the first click to the books."""

import httpx
import pytest

from core.money import Money
from notifications.models import Notification
from payments.enums import AttemptState, PaymentStatus
from payments.models import LedgerEntry
from payments.services.books.balances import trial_balance
from payments.services.verify import verify_payment
from payments.tests.house import attempt_of, booked
from payments.tests.paystack_house import PaystackHouse, naira

pytestmark = pytest.mark.django_db


def test_a_payment_goes_from_pending_to_paid(paystack: PaystackHouse) -> None:
    house = paystack
    payment = house.submitted()
    assert payment.status == PaymentStatus.PENDING
    assert payment.authorization_url.startswith(house.running.base_url)

    clicked = httpx.post(payment.authorization_url, data={"action": "pay"})
    page = house.page_of(payment)
    assert clicked.status_code == 303
    assert f"reference={page}" in clicked.headers["location"]
    assert house.hear("charge.success", house.transaction(payment)) == 200

    payment.refresh_from_db()
    attempt = attempt_of(payment)
    assert (payment.status, payment.captured) == (PaymentStatus.SUCCESS, payment.amount)
    assert (attempt.state, attempt.livemode) == (AttemptState.CAPTURED, False)
    assert page == f"{payment.reference}.{attempt.pk.hex[-8:]}"
    assert attempt.gateway_payment_ref == str(house.transaction(payment)["id"])


def test_it_stands_in_the_books_once_with_its_fee_and_thanks(
    paystack: PaystackHouse,
) -> None:
    payment = paystack.paid()
    assert (booked(payment), booked(payment, "gateway_fee")) == (1, 1)
    amounts = {(entry.account.code, entry.amount_minor) for entry in LedgerEntry.objects.all()}
    fee = 6375 + 10_000  # 1.5 % of 4250 naira, and 100 naira
    assert amounts == {
        ("gateway:paystack", 425_000),
        ("receivable:order", -425_000),
        ("fees:paystack", fee),
        ("gateway:paystack", -fee),
    }
    assert trial_balance() == {"NGN": 0}
    assert Notification.objects.get().kind == "payment_thank_you"
    totals = paystack.there.paystack_book()["totals"]["NGN"]
    assert totals["net"] == 425_000 - fee


@pytest.mark.parametrize("amount", [Money(5000, "XOF"), Money(1234, "USD"), Money(999, "GHS")])
def test_every_currency_arrives_as_it_was_asked_for(paystack: PaystackHouse, amount: Money) -> None:
    payment = paystack.paid(amount)
    assert (payment.status, payment.captured) == (PaymentStatus.SUCCESS, amount)
    assert trial_balance() == {amount.currency: 0}


def test_whoever_returns_before_the_webhook_is_paid_as_well(
    paystack: PaystackHouse,
) -> None:
    house = paystack
    payment = house.submitted(naira("100.00"))
    house.there.paystack(house.page_of(payment))
    payment = verify_payment(reference=payment.reference)
    assert payment.status == PaymentStatus.SUCCESS
    assert house.hear("charge.success", house.transaction(payment)) == 200
    assert (booked(payment), booked(payment, "gateway_fee")) == (1, 1)
