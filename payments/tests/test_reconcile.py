"""Money is found without a webhook and without the payer coming back."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from core.money import Money
from core.schedule import JOBS, run_by_hand
from payments.models import Payment, PaymentAttempt
from payments.services.reconcile import QUIET_FOR, reconcile
from payments.tests.house import House

pytestmark = pytest.mark.django_db

DEAD = "http://127.0.0.1:9"  # nobody listens on the discard port


def grown_quiet(payment: Payment) -> Payment:
    """As if it had been started long ago."""
    attempt = PaymentAttempt.objects.get(payment=payment)
    then = attempt.created_at - QUIET_FOR - timedelta(minutes=1)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(created_at=then)
    return payment


def test_a_paid_payment_nobody_told_of_is_found(house: House) -> None:
    payment = grown_quiet(house.submitted())
    house.stripe.pay(house.session_of(payment))
    assert reconcile() == {"asked": 1, "moved": 1, "failed": 0}
    payment.refresh_from_db()
    assert payment.status == "success"
    assert payment.captured == Money.parse("42.50", "EUR")
    assert reconcile() == {"asked": 0, "moved": 0, "failed": 0}


def test_a_page_that_closed_unseen_ends_its_payment(house: House) -> None:
    payment = grown_quiet(house.submitted())
    house.stripe.expire(house.session_of(payment))
    run_by_hand("payments.reconcile")
    payment.refresh_from_db()
    assert payment.status == "cancelled"
    assert JOBS["payments.reconcile"].purpose


def test_what_is_young_is_left_to_its_webhook(house: House) -> None:
    house.submitted()
    assert reconcile()["asked"] == 0


def test_a_held_payment_waits_for_a_person(house: House) -> None:
    payment = grown_quiet(house.submitted())
    Payment.objects.filter(pk=payment.pk).update(status="held_for_review")
    assert reconcile()["asked"] == 0


def test_a_gateway_that_is_away_is_asked_again_by_the_next_run(
    house: House, settings, capsys: pytest.CaptureFixture[str]
) -> None:
    payment = grown_quiet(house.submitted())
    house.stripe.pay(house.session_of(payment))
    alive, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, DEAD
    call_command("reconcile", gateway="stripe")
    assert "1 asked, 0 moved, 1 failed" in capsys.readouterr().out
    settings.STRIPE_API_BASE = alive
    assert reconcile()["moved"] == 1
