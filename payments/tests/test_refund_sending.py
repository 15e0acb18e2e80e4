"""From an approved refund to money at Stripe: once, whatever becomes of the calls."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from core.models import Event
from core.money import Money
from notifications.models import Notification
from payments.enums import PaymentStatus, RefundState
from payments.models import Payment, Refund
from payments.services.books.balances import balances
from payments.services.refunds import execute_refund, follow_up, request_refund
from payments.services.refunds.sending import BUSY_FOR
from payments.services.verify import verify_payment
from payments.tests.house import House, amount_eur, attempt_of, booked

pytestmark = pytest.mark.django_db
TEN = Money(1000, "EUR")


def asked(payment: Payment, amount: Money = TEN, **more: Any) -> Refund:
    wanted: dict[str, Any] = {"reason": "Broken.", "requested_by": uuid4()}
    return request_refund(payment_id=payment.pk, amount=amount, **(wanted | more))


def at_stripe(house: House) -> list[int]:
    """What Stripe gave back, oldest first."""
    return [one["amount"] for one in house.stripe.stripe_book()["refunds"]]


def books_are_stripes(house: House) -> bool:
    """Per currency, to the cent: what we say Stripe holds is what Stripe says."""
    ours = {
        one.amount.currency.lower(): one.amount.minor
        for one in balances(codes=["gateway:stripe"])
        if one.amount
    }
    theirs = {code: sums["net"] for code, sums in house.stripe.stripe_book()["balance"].items()}
    return ours == {code: net for code, net in theirs.items() if net}


def later(refund: Refund, by: timedelta = BUSY_FOR + timedelta(seconds=1)) -> None:
    """As if the last call was made a while ago."""
    Refund.objects.filter(pk=refund.pk).update(asked_at=timezone.now() - by)


def test_a_small_refund_goes_the_whole_way_by_asking(house: House) -> None:
    payment = house.paid()
    refund = asked(payment)
    house.work()
    house.deliver()
    house.work()
    refund.refresh_from_db()
    payment.refresh_from_db()
    assert (refund.state, refund.is_booked) == (RefundState.SUCCEEDED, True)
    assert payment.status == PaymentStatus.PARTIALLY_REFUNDED
    assert (at_stripe(house), booked(payment, "refund")) == ([1000], 1)
    assert books_are_stripes(house)
    message = Notification.objects.get(kind="payment_refunded")
    assert (message.email, message.context["amount"]["amount"]) == ("amina@example.com", "10.00")


def test_an_answer_that_is_lost_after_the_work_was_done_doubles_nothing(house: House) -> None:
    payment = house.paid()
    refund = asked(payment)
    house.stripe.add_fault("lost_answer", face="stripe", method="POST", path="/v1/refunds")
    left = execute_refund(refund_id=refund.pk)
    assert (left.state, bool(left.error)) == (RefundState.SUBMITTED, True)
    house.stripe.clear_faults()
    assert execute_refund(refund_id=refund.pk).state == RefundState.SUCCEEDED
    assert (at_stripe(house), booked(payment, "refund")) == ([1000], 1)


@pytest.mark.parametrize("work", [True, False])
def test_a_failure_of_stripes_own_is_looked_into_and_asked_for_with_a_new_key(
    house: House, work: bool
) -> None:
    refund = asked(house.paid())
    house.stripe.add_fault(
        "status", face="stripe", method="POST", path="/v1/refunds", status=500, work=work
    )
    left = execute_refund(refund_id=refund.pk)
    assert (left.state, left.key_serial) == (RefundState.SUBMITTED, 1)
    house.stripe.clear_faults()
    assert execute_refund(refund_id=refund.pk).state == RefundState.SUCCEEDED
    assert at_stripe(house) == [1000]


def test_a_gateway_that_hangs_leaves_it_to_the_next_try(house: House) -> None:
    refund = asked(house.paid())
    house.stripe.add_fault("hang", face="stripe", seconds=0)
    assert execute_refund(refund_id=refund.pk).state == RefundState.SUBMITTED
    later(refund)
    assert follow_up()["handed_over"] == 0  # left to the worker that was told, for five minutes
    house.stripe.clear_faults()
    later(refund, timedelta(minutes=6))
    assert follow_up()["handed_over"] == 1
    refund.refresh_from_db()
    assert (refund.state, at_stripe(house)) == (RefundState.SUCCEEDED, [1000])


def test_while_somebody_is_calling_nobody_else_does(house: House) -> None:
    refund = asked(house.paid())
    Refund.objects.update(
        state=RefundState.SUBMITTED, submitted_at=timezone.now(), asked_at=timezone.now()
    )
    assert execute_refund(refund_id=refund.pk).state == RefundState.SUBMITTED
    assert at_stripe(house) == []
    later(refund)
    assert execute_refund(refund_id=refund.pk).state == RefundState.SUCCEEDED


def test_what_the_gateway_refuses_fails_and_says_why(house: House) -> None:
    payment = house.paid()
    refund = asked(payment, amount_eur())
    intent = attempt_of(payment).gateway_payment_ref
    house.stripe.http.post(
        "/stripe/v1/refunds", data={"payment_intent": intent}, auth=("sk_test_x", "")
    ).raise_for_status()  # somebody was quicker in the dashboard, and we have not heard of it
    done = execute_refund(refund_id=refund.pk)
    assert (done.state, "already been refunded" in done.failure) == (RefundState.FAILED, True)
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.SUCCESS
    house.deliver()
    house.work()
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.REFUNDED
    assert Refund.objects.exclude(pk=refund.pk).get().origin == "gateway"
    assert books_are_stripes(house)


def test_one_made_in_the_dashboard_is_found_by_the_sum_that_stripe_tells(house: House) -> None:
    payment = house.paid()
    intent = attempt_of(payment).gateway_payment_ref
    house.stripe.http.post(
        "/stripe/v1/refunds", data={"payment_intent": intent, "amount": "1000"},
        auth=("sk_test_x", ""),
    ).raise_for_status()  # fmt: skip
    for _ in range(3):  # no webhook comes; staff ask, again and again
        verify_payment(reference=payment.reference, again=True)
        house.work()
    payment.refresh_from_db()
    assert payment.refunded == TEN
    assert Event.objects.filter(type="payment.refunds_differ").count() == 1
    assert books_are_stripes(house)


def test_a_refund_that_fails_after_it_succeeded_comes_back_into_the_books(house: House) -> None:
    payment = house.paid()
    refund = execute_refund(refund_id=asked(payment, amount_eur()).pk)
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.REFUNDED
    house.stripe.fail_refund(str(refund.gateway_ref))
    house.deliver()
    house.work()
    payment.refresh_from_db()
    refund.refresh_from_db()
    assert (payment.status, payment.refunded_minor) == (PaymentStatus.SUCCESS, 0)
    assert (refund.state, refund.failure) == (RefundState.FAILED, "lost_or_stolen_card")
    assert books_are_stripes(house)
    again = execute_refund(refund_id=asked(payment, amount_eur()).pk)  # and may be tried anew
    assert (again.state, at_stripe(house)) == (RefundState.SUCCEEDED, [4250, 4250])
    assert books_are_stripes(house)


def test_one_that_waits_for_the_payers_bank_details_has_left_our_balance(house: House) -> None:
    house.stripe.stripe_behaves(refunds="requires_action")
    payment = house.paid()
    refund = execute_refund(refund_id=asked(payment).pk)
    assert (refund.state, refund.is_booked) == (RefundState.NEEDS_ATTENTION, True)
    assert books_are_stripes(house)
    house.stripe.fail_refund(str(refund.gateway_ref))  # nobody named an account
    house.deliver()
    house.work()
    refund.refresh_from_db()
    assert (refund.state, refund.is_booked) == (RefundState.FAILED, False)
    assert books_are_stripes(house)


def test_one_on_its_way_is_asked_about_when_nobody_brings_news(house: House) -> None:
    house.stripe.stripe_behaves(refunds="pending")
    payment = house.paid()
    refund = execute_refund(refund_id=asked(payment).pk)
    payment.refresh_from_db()
    assert (refund.state, payment.refunded) == (RefundState.PENDING, TEN)  # Stripe has taken it
    house.stripe.succeed_refund(str(refund.gateway_ref))
    assert follow_up()["asked"] == 0  # asked a moment ago
    later(refund, timedelta(hours=7))
    assert follow_up()["asked"] == 1
    refund.refresh_from_db()
    assert (refund.state, booked(payment, "refund")) == (RefundState.SUCCEEDED, 1)


def test_payment_and_refund_in_another_currency_than_stripe_pays_us(house: House) -> None:
    house.stripe.stripe_behaves(settlement={"currency": "usd", "rates": {"eur": "1.0837"}})
    payment = house.paid()
    assert booked(payment, "settlement") == 1
    assert books_are_stripes(house)
    refund = execute_refund(refund_id=asked(payment).pk)
    assert books_are_stripes(house)
    assert {one.amount.currency for one in balances(codes=["fx"])} == {"EUR", "USD"}
    house.stripe.fail_refund(str(refund.gateway_ref))
    house.deliver()
    house.work()
    assert books_are_stripes(house)
