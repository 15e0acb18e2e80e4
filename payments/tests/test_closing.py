"""A payment that nobody shall pay any more: refused here, closed there, and late money is seen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.errors import Conflict
from payments.enums import AttemptState, PaymentStatus
from payments.gateways.interface import GatewayError
from payments.models import Payment, PaymentAttempt
from payments.services import start
from payments.services.closing import PerhapsOpening, close_payment
from payments.services.start import submit_payment
from payments.tests.house import House, attempt_of, booked

pytestmark = pytest.mark.django_db


def closed(payment: Payment) -> Payment:
    found = close_payment(
        purpose=payment.purpose, purpose_id=payment.purpose_id, reason="The order was cancelled."
    )
    assert found == payment
    payment.refresh_from_db()
    return payment


def at_stripe(house: House, payment: Payment) -> str:
    session = house.stripe.http.get(
        f"/stripe/v1/checkout/sessions/{house.session_of(payment)}", auth=("sk_test_x", "")
    )
    return str(session.json()["status"])


def test_the_page_is_closed_at_the_gateway(house: House) -> None:
    payment = closed(house.submitted())
    assert (payment.status, payment.authorization_url) == (PaymentStatus.CANCELLED, "")
    assert at_stripe(house, payment) == "expired"
    assert attempt_of(payment).state == AttemptState.EXPIRED
    assert close_payment(purpose="order", purpose_id=payment.purpose_id, reason="again") is None


def test_one_that_was_never_sent_is_over_without_asking_anybody(house: House) -> None:
    house.stripe.add_fault("status", face="stripe", status=503)
    payment = closed(house.opened())
    assert payment.status == PaymentStatus.CANCELLED
    with pytest.raises(Conflict, match="cancelled"):
        submit_payment(payment_id=payment.pk)


def test_while_the_gateway_is_away_nobody_can_submit_it_and_it_is_tried_again(
    house: House,
) -> None:
    payment = house.submitted()
    house.stripe.add_fault("status", face="stripe", status=503)
    with pytest.raises(GatewayError):
        closed(payment)
    payment.refresh_from_db()
    with pytest.raises(Conflict, match="The order was cancelled"):
        submit_payment(payment_id=payment.pk)
    house.stripe.clear_faults()
    assert closed(payment).status == PaymentStatus.CANCELLED


def test_a_page_that_opened_without_our_knowing_is_found_and_closed(house: House) -> None:
    payment = house.opened()
    house.stripe.add_fault("lost_answer", face="stripe", method="POST")
    with pytest.raises(Exception, match="try again"):
        submit_payment(payment_id=payment.pk)
    house.stripe.clear_faults()
    closed(payment)
    (session,) = house.stripe.http.get(
        "/stripe/v1/checkout/sessions", auth=("sk_test_x", "")
    ).json()["data"]
    assert (payment.status, session["status"]) == (PaymentStatus.CANCELLED, "expired")


def test_one_that_may_be_opening_at_this_moment_is_looked_at_again(house: House) -> None:
    payment = house.opened()
    house.stripe.add_fault("hang", face="stripe", method="POST", seconds=0)
    with pytest.raises(Exception, match="try again"):
        submit_payment(payment_id=payment.pk)
    house.stripe.clear_faults()
    with pytest.raises(PerhapsOpening):
        closed(payment)
    PaymentAttempt.objects.update(updated_at=timezone.now() - timedelta(minutes=3))
    assert closed(payment).status == PaymentStatus.CANCELLED


def test_a_page_that_opens_while_it_is_being_closed_is_not_handed_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = house.opened()
    opens = start._at_gateway

    def closed_meanwhile(payment: Payment, attempt: PaymentAttempt) -> object:
        seen = opens(payment, attempt)
        Payment.objects.filter(pk=payment.pk).update(closing_reason="The order was cancelled.")
        return seen

    monkeypatch.setattr(start, "_at_gateway", closed_meanwhile)
    with pytest.raises(Conflict, match="was closed"):
        submit_payment(payment_id=payment.pk)
    assert closed(payment).status == PaymentStatus.CANCELLED
    assert at_stripe(house, payment) == "expired"


def test_a_payer_who_was_quicker_has_paid(house: House) -> None:
    payment = house.submitted()
    house.stripe.pay(house.session_of(payment))
    assert closed(payment).status == PaymentStatus.SUCCESS
    assert booked(payment) == 1


def test_money_on_its_way_is_waited_for(house: House) -> None:
    payment = house.submitted()
    house.stripe.promise(house.session_of(payment))
    assert closed(payment).status == PaymentStatus.PROCESSING
    house.stripe.arrive(house.session_of(payment))
    house.deliver()
    house.work()
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.SUCCESS
