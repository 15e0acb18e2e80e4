"""Money is found without a webhook and without the payer coming back."""

from datetime import timedelta

import pytest

from core.money import Money
from core.schedule import JOBS, run_by_hand
from payments.models import Payment, PaymentAttempt
from payments.services.reconcile import asking
from payments.services.reconcile.asking import QUIET_FOR, ask_about_open
from payments.tests.house import House
from payments.tests.paystack_house import PaystackHouse

pytestmark = pytest.mark.django_db

DEAD = "http://127.0.0.1:9"  # nobody listens on the discard port
NOTHING = {"asked": 0, "moved": 0, "failed": 0}


def grown_quiet(payment: Payment) -> Payment:
    """As if it had been started long ago."""
    attempt = PaymentAttempt.objects.get(payment=payment)
    then = attempt.created_at - QUIET_FOR - timedelta(minutes=1)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(created_at=then)
    return payment


def test_a_paid_payment_nobody_told_of_is_found(house: House) -> None:
    payment = grown_quiet(house.submitted())
    house.stripe.pay(house.session_of(payment))
    assert ask_about_open() == {"asked": 1, "moved": 1, "failed": 0}
    payment.refresh_from_db()
    assert payment.status == "success"
    assert payment.captured == Money.parse("42.50", "EUR")
    assert ask_about_open() == NOTHING


def test_a_page_that_closed_unseen_ends_its_payment(house: House) -> None:
    payment = grown_quiet(house.submitted())
    house.stripe.expire(house.session_of(payment))
    run_by_hand("payments.ask_about_open")
    payment.refresh_from_db()
    assert payment.status == "cancelled"
    assert JOBS["payments.ask_about_open"].purpose


def test_a_page_that_was_opened_without_our_knowing_is_found_and_settled(house: House) -> None:
    payment = grown_quiet(house.submitted())
    session = house.session_of(payment)
    house.stripe.pay(session)
    # as if the process had died between the gateway's answer and our writing it down
    PaymentAttempt.objects.filter(payment=payment).update(state="created", gateway_ref=None)
    Payment.objects.filter(pk=payment.pk).update(authorization_url="")
    assert ask_about_open() == {"asked": 1, "moved": 1, "failed": 0}
    payment.refresh_from_db()
    assert payment.status == "success"
    assert house.session_of(payment) == session


def test_what_is_young_is_left_to_its_webhook(house: House) -> None:
    house.submitted()
    assert ask_about_open() == NOTHING


def test_a_held_payment_waits_for_a_person(house: House) -> None:
    payment = grown_quiet(house.submitted())
    Payment.objects.filter(pk=payment.pk).update(status="held_for_review")
    assert ask_about_open() == NOTHING


def test_an_attempt_that_stays_open_is_asked_about_less_and_less_often(house: House) -> None:
    payment = grown_quiet(house.submitted())
    pauses = []
    for _ in range(9):
        assert ask_about_open()["asked"] == 1
        assert ask_about_open() == NOTHING
        attempt = PaymentAttempt.objects.get(payment=payment)
        pauses.append(attempt.ask_after - attempt.updated_at)
        PaymentAttempt.objects.filter(pk=attempt.pk).update(ask_after=None)
    hours = [round(pause.total_seconds() / 3600, 1) for pause in pauses]
    assert hours == sorted(hours)
    assert hours[0] < 0.2
    assert hours[-1] <= 6.1


def test_a_gateway_that_is_away_is_asked_again_by_the_next_run(house: House, settings) -> None:
    payment = grown_quiet(house.submitted())
    house.stripe.pay(house.session_of(payment))
    alive, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, DEAD
    assert ask_about_open() == {"asked": 1, "moved": 0, "failed": 1}
    settings.STRIPE_API_BASE = alive
    assert ask_about_open()["moved"] == 1


def test_a_gateway_that_is_away_is_left_alone_after_a_few_calls(house: House, settings) -> None:
    for _ in range(asking.AWAY_AFTER + 2):
        grown_quiet(house.submitted())
    settings.STRIPE_API_BASE = DEAD
    assert ask_about_open()["asked"] == asking.AWAY_AFTER


def test_one_gateway_away_does_not_stop_the_others(
    paystack: PaystackHouse, house: House, settings
) -> None:
    payment = grown_quiet(house.submitted())
    house.stripe.pay(house.session_of(payment))
    grown_quiet(paystack.submitted())
    settings.PAYSTACK_API_BASE = DEAD
    assert ask_about_open() == {"asked": 2, "moved": 1, "failed": 1}


def test_a_page_the_gateway_does_not_know_does_not_stop_the_others(house: House) -> None:
    lost, paid = grown_quiet(house.submitted()), grown_quiet(house.submitted())
    PaymentAttempt.objects.filter(payment=lost).update(gateway_ref="cs_test_nowhere")
    house.stripe.pay(house.session_of(paid))
    assert ask_about_open() == {"asked": 2, "moved": 1, "failed": 1}
    assert ask_about_open() == NOTHING


def test_a_few_that_never_get_an_answer_do_not_stand_before_all_others(house: House) -> None:
    stuck = [grown_quiet(house.submitted()) for _ in range(asking.AWAY_AFTER)]
    for payment in stuck:
        page = house.session_of(payment)
        house.stripe.add_fault(
            "status", face="stripe", path=f"/v1/checkout/sessions/{page}", status=500, times=99
        )
    paid = grown_quiet(house.submitted())
    house.stripe.pay(house.session_of(paid))
    asked = [ask_about_open()["moved"] for _ in range(2)]
    assert asked == [0, 1]
