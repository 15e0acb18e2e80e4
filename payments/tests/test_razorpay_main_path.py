"""Start, pay on the link, webhooks, settle, books: the path everything else is built around."""

import pytest

from core.models import Event
from notifications.models import Notification
from payments.addresses import page_url
from payments.enums import AttemptState, PaymentStatus
from payments.models import LedgerEntry, PaymentEvent
from payments.services.books.balances import trial_balance
from payments.tests.house import attempt_of, booked
from payments.tests.razorpay_house import KEY, RazorpayHouse

pytestmark = pytest.mark.django_db


def test_a_payment_goes_from_pending_to_paid(razorpay: RazorpayHouse) -> None:
    payment = razorpay.submitted()
    assert payment.status == PaymentStatus.PENDING
    assert payment.authorization_url == razorpay.links()[0]["short_url"]

    page = razorpay.there.http.post(payment.authorization_url, data={"action": "pay"})
    assert page.status_code == 303
    assert page.headers["location"].startswith(page_url(payment.reference) + "?")
    assert set(razorpay.deliver()) == {200}
    razorpay.work()

    payment.refresh_from_db()
    assert payment.status == PaymentStatus.SUCCESS
    assert payment.captured == payment.amount
    attempt = attempt_of(payment)
    assert (attempt.state, attempt.livemode) == (AttemptState.CAPTURED, False)
    assert attempt.gateway_payment_ref == razorpay.api("/payments")["items"][0]["id"]


def test_razorpay_is_told_what_it_needs_and_tells_the_payer_nothing(
    razorpay: RazorpayHouse,
) -> None:
    payment = razorpay.submitted(description="Tea for two")
    (link,) = razorpay.links()
    attempt = attempt_of(payment)
    assert (link["amount"], link["currency"]) == (49900, "INR")
    assert link["reference_id"] == str(attempt.pk)
    assert link["notes"] == {
        "tradewind_reference": payment.reference,
        "tradewind_attempt": str(attempt.pk),
    }
    assert (link["description"], link["customer"]) == ("Tea for two", {"email": payment.email})
    assert link["notify"] == {"email": False, "sms": False, "whatsapp": False}
    assert (link["accept_partial"], link["reminder_enable"]) == (False, False)
    assert link["expire_by"] == int(attempt.expires_at.timestamp())


def test_books_fee_news_and_thanks_are_there_once(razorpay: RazorpayHouse) -> None:
    payment = razorpay.paid()
    assert (booked(payment), booked(payment, "gateway_fee")) == (1, 1)
    amounts = {(entry.account.code, entry.amount_minor) for entry in LedgerEntry.objects.all()}
    assert amounts == {
        ("gateway:razorpay", 49900),
        ("receivable:order", -49900),
        ("fees:razorpay", 1178),  # two per cent, 998, and 180 of tax on it
        ("gateway:razorpay", -1178),
    }
    assert trial_balance() == {"INR": 0}
    assert Event.objects.filter(type="payment.succeeded").count() == 1
    assert Notification.objects.count() == 1
    assert [e.type for e in PaymentEvent.objects.all()] == ["submitted", "captured"]
    totals = razorpay.there.razorpay_book()["totals"]["INR"]
    assert totals["net"] == sum(
        entry.amount_minor for entry in LedgerEntry.objects.filter(account__code="gateway:razorpay")
    )


def test_any_one_of_the_three_events_of_a_paid_link_is_enough(razorpay: RazorpayHouse) -> None:
    for event in ("payment.captured", "order.paid", "payment_link.paid"):
        payment = razorpay.submitted()
        razorpay.there.link(razorpay.link_of(payment), "pay")
        assert razorpay.deliver(event) == [200]
        razorpay.deliver("payment.authorized", "payment.captured", "order.paid")
        razorpay.work()
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.SUCCESS, event
        assert booked(payment) == 1
        razorpay.told()
        assert booked(payment) == 1


def test_the_events_of_one_payment_are_about_one_subject(razorpay: RazorpayHouse) -> None:
    payment = razorpay.paid()
    subjects = set(Event.objects.filter(source="razorpay").values_list("subject", flat=True))
    assert subjects == {f"razorpay:{payment.reference}"}


def test_the_returning_payer_is_enough_when_no_webhook_comes(razorpay: RazorpayHouse) -> None:
    payment = razorpay.submitted()
    razorpay.there.link(razorpay.link_of(payment), "pay")
    assert "thank" in razorpay.http.get(f"/payments/{payment.reference}/").content.decode().lower()
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.SUCCESS
    assert attempt_of(payment).fee_minor == 1178


@pytest.mark.parametrize("signature", ["", "0" * 64])
def test_a_forged_way_back_pays_nothing(razorpay: RazorpayHouse, signature: str) -> None:
    """What the browser brings is not read, signed or not: Razorpay is asked."""
    payment = razorpay.submitted()
    said = {
        "razorpay_payment_id": "pay_Forged00000000",
        "razorpay_payment_link_id": razorpay.link_of(payment),
        "razorpay_payment_link_reference_id": str(attempt_of(payment).pk),
        "razorpay_payment_link_status": "paid",
        "razorpay_signature": signature,
    }
    assert razorpay.http.get(f"/payments/{payment.reference}/", said).status_code == 200
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.PENDING


def test_keys_are_never_shown_to_the_payer(razorpay: RazorpayHouse) -> None:
    assert KEY[1] not in razorpay.submitted().authorization_url
