"""Money that goes back through Razorpay, from our request or theirs to books that equal its own."""

from uuid import uuid4

import pytest
from django.db.models import Sum

from core.models import Event
from core.money import Money
from payments.enums import PaymentStatus, RefundState
from payments.models import LedgerEntry, Payment, Refund
from payments.services.books.balances import trial_balance
from payments.services.refunds import execute_refund, request_refund
from payments.tests.razorpay_house import RazorpayHouse, rupees

pytestmark = pytest.mark.django_db


def at_razorpay(currency: str = "INR") -> int:
    """What the books say that Razorpay holds for us."""
    rows = LedgerEntry.objects.filter(account__code="gateway:razorpay", currency=currency)
    return int(rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def refunded(payment: Payment, amount: Money) -> Refund:
    made = request_refund(
        payment_id=payment.pk, amount=amount, reason="Broken.", requested_by=uuid4()
    )
    return execute_refund(refund_id=made.pk)


def equal(razorpay: RazorpayHouse) -> bool:
    book = razorpay.there.razorpay_book()["totals"]
    assert not any(trial_balance().values())
    return at_razorpay() == book["INR"]["net"] and not any(
        at_razorpay(code) for code in book if code != "INR"
    )


def test_a_refund_is_sent_booked_and_heard_of_later(razorpay: RazorpayHouse) -> None:
    payment = razorpay.paid()
    refund = refunded(payment, rupees("100.00"))
    assert refund.state == RefundState.PENDING
    assert equal(razorpay)
    razorpay.told()
    razorpay.there.razorpay_refund(refund.gateway_ref, "process")
    razorpay.told()
    refund.refresh_from_db()
    payment.refresh_from_db()
    assert refund.state == RefundState.SUCCEEDED
    assert payment.status == PaymentStatus.PARTIALLY_REFUNDED
    assert equal(razorpay)


def test_a_refund_that_fails_is_taken_back_in_the_books(razorpay: RazorpayHouse) -> None:
    payment = razorpay.paid()
    refund = refunded(payment, payment.amount)
    razorpay.told()
    razorpay.there.razorpay_refund(refund.gateway_ref, "fail")
    razorpay.told()
    refund.refresh_from_db()
    assert refund.state == RefundState.FAILED
    assert equal(razorpay)
    razorpay.post(razorpay.body_of("refund.created") + b" ")  # an old word, late
    assert equal(razorpay)


def test_a_refund_of_the_dashboard_is_booked_once_in_any_order(razorpay: RazorpayHouse) -> None:
    payment = razorpay.submitted()
    razorpay.there.link(razorpay.link_of(payment), "pay")
    money = razorpay.api("/payments")["items"][0]["id"]
    made = razorpay.there.http.post(
        f"/razorpay/v1/payments/{money}/refund",
        json={"amount": 9900},
        auth=("rzp_test_x", "razorpay_rehearsal_not_a_secret"),
    ).json()
    razorpay.there.razorpay_refund(made["id"], "process")
    razorpay.deliver("refund.processed")  # before anybody said that it is paid
    razorpay.work()
    razorpay.told()
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.PARTIALLY_REFUNDED
    assert Refund.objects.get().amount == rupees("99.00")
    assert equal(razorpay)


def test_a_foreign_payment_and_its_refund_leave_rupees_only(razorpay: RazorpayHouse) -> None:
    payment = razorpay.paid(Money.parse("20.00", "USD"))
    assert equal(razorpay)
    refund = refunded(payment, Money.parse("5.00", "USD"))
    razorpay.there.razorpay_refund(refund.gateway_ref, "process")
    razorpay.told()
    assert equal(razorpay)


@pytest.mark.parametrize("end", ["won", "lost", "closed"])
def test_a_dispute_takes_what_is_lost(razorpay: RazorpayHouse, end: str) -> None:
    payment = razorpay.paid()
    money = razorpay.money_of(payment)
    dispute = razorpay.there.razorpay_payment(money, "dispute", amount=20000)
    razorpay.told()
    assert Event.objects.filter(type="payment.disputed").count() == 1
    assert equal(razorpay)
    for step in ("under_review", end):
        razorpay.there.razorpay_dispute(dispute["id"], step)
    razorpay.told()
    assert equal(razorpay)
    assert Event.objects.get(type="payment.dispute_closed").data["outcome"] == end
    assert razorpay.there.razorpay_book()["totals"]["INR"]["deducted"] == (
        20000 if end == "lost" else 0
    )


def test_a_day_of_everything_ends_in_equal_books(razorpay: RazorpayHouse) -> None:
    payments = [razorpay.submitted(rupees(f"{n}00.00")) for n in range(1, 6)]
    for number, payment in enumerate(payments):
        razorpay.there.link(razorpay.link_of(payment), ["pay", "late"][number % 2])
    razorpay.told()
    made = [refunded(payment, rupees("30.00")) for payment in payments[:4]]
    razorpay.told()
    for number, refund in enumerate(made):
        razorpay.there.razorpay_refund(refund.gateway_ref, ["process", "fail"][number % 2])
    dispute = razorpay.there.razorpay_payment(razorpay.money_of(payments[4]), "dispute")
    razorpay.there.razorpay_dispute(dispute["id"], "lost")
    bodies = [str(one["body"]).encode() for one in razorpay.waiting()]
    for body in [*reversed(bodies), *bodies]:
        razorpay.post(body)
    razorpay.work()
    assert equal(razorpay)
