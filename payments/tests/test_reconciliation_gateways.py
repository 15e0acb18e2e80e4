"""The same comparison with each gateway's own list, its refunds too."""

import pytest

from core.money import Money
from payments.models import Difference, Payment
from payments.services.reconcile.run import reconcile
from payments.services.refunds import execute_refund, request_refund
from payments.tests.house import House, booked
from payments.tests.paystack_house import PaystackHouse
from payments.tests.razorpay_house import RazorpayHouse
from payments.tests.reconciling import foreign_charge, found, money_of, refund_there

pytestmark = pytest.mark.django_db


def agreed(gateway: str) -> tuple[int, int, int]:
    """(lines, differences, mended) of one comparison whose sums agree."""
    run = reconcile(gateway=gateway)
    assert [row for row in run.totals if not row["agrees"]] == []
    return run.lines, run.found, run.mended


def is_paid(payment: Payment) -> bool:
    payment.refresh_from_db()
    return payment.status == "success" and booked(payment) == 1


def test_razorpay_well_paid_and_never_told_of(razorpay: RazorpayHouse) -> None:
    well, lost = razorpay.paid(), razorpay.submitted(Money.parse("750", "INR"))
    razorpay.there.link(razorpay.link_of(lost), "pay")
    failed = razorpay.submitted()
    razorpay.there.link(razorpay.link_of(failed), "decline")
    assert agreed("razorpay") == (2, 1, 1)
    assert is_paid(lost)
    assert is_paid(well)
    assert found() == {("state", money_of(lost), "mended")}
    assert agreed("razorpay") == (2, 0, 0)


def test_razorpay_has_no_such_payment(razorpay: RazorpayHouse) -> None:
    payment = razorpay.paid()
    razorpay.there.reset(books=True)
    assert agreed("razorpay") == (0, 1, 0)
    assert found() == {("missing_there", money_of(payment), "open")}


def test_paystack_well_paid_and_never_told_of(paystack: PaystackHouse) -> None:
    well, lost = paystack.paid(), paystack.submitted(Money.parse("990", "NGN"))
    paystack.there.paystack(paystack.page_of(lost))
    paystack.submitted()
    assert agreed("paystack") == (2, 1, 1)
    assert is_paid(lost)
    assert is_paid(well)
    assert agreed("paystack") == (2, 0, 0)


def test_paystack_has_no_such_payment(paystack: PaystackHouse) -> None:
    payment = paystack.paid()
    paystack.there.reset(books=True)
    assert agreed("paystack") == (0, 1, 0)
    assert found() == {("missing_there", money_of(payment), "open")}


def test_a_refund_made_at_stripe_that_nobody_told_us_of_is_taken_over(house: House) -> None:
    payment = house.paid()
    refund = refund_there(house, money_of(payment), 1_000)
    house.lose()
    assert agreed("stripe") == (2, 1, 1)
    assert found() == {("refund_missing_here", refund, "mended")}
    payment.refresh_from_db()
    assert (payment.status, payment.refunded_minor) == ("partially_refunded", 1_000)
    assert agreed("stripe") == (2, 0, 0)


def test_a_refund_that_failed_later_is_followed(house: House) -> None:
    payment = house.paid()
    refund = refund_there(house, money_of(payment), 1_000)
    house.deliver()
    house.work()
    assert agreed("stripe") == (2, 0, 0)
    house.stripe.fail_refund(refund)
    house.lose()
    assert agreed("stripe") == (2, 1, 1)
    assert found() == {("refund_state", refund, "mended")}
    payment.refresh_from_db()
    assert payment.refunded_minor == 0


def test_a_refund_that_came_to_need_attention_leaves_no_money_unexplained(
    paystack: PaystackHouse,
) -> None:
    payment = paystack.paid()
    wanted = request_refund(
        payment_id=payment.pk, amount=Money(1_000, "NGN"), reason="Broken.", requested_by=None
    )
    refund = str(execute_refund(refund_id=wanted.pk).gateway_ref)
    paystack.there.paystack_refund(refund, "needs-attention")
    assert agreed("paystack") == (2, 1, 1)
    difference = Difference.objects.get()
    assert (difference.kind, difference.state) == ("refund_state", "mended")
    assert (difference.ref, difference.unexplained_minor) == (refund, 0)
    assert agreed("paystack") == (2, 0, 0)


def test_a_refund_of_money_that_is_not_ours_is_told(house: House) -> None:
    money = foreign_charge(house)
    refund_there(house, money, 999)
    house.lose()
    reconcile(gateway="stripe")
    assert {row.kind for row in Difference.objects.all()} == {"missing_here", "refund_missing_here"}


def test_a_refund_the_gateway_does_not_know_is_missing_there(house: House) -> None:
    payment = house.paid()
    refund = refund_there(house, money_of(payment), 1_000)
    house.deliver()
    house.work()
    house.stripe.reset(books=True)
    reconcile(gateway="stripe")
    assert found() == {
        ("missing_there", money_of(payment), "open"),
        ("refund_missing_there", refund, "open"),
    }
