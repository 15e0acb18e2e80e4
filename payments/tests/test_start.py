"""Starting survives a gateway that is slow, away, or forgets to say that it did the work."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import override_settings

from core.errors import Conflict, Invalid, Unprocessable, UpstreamUnavailable
from core.money import Money
from payments.enums import AttemptState, PaymentStatus
from payments.gateways.registry import gateway
from payments.models import Payment, PaymentAttempt, PaymentEvent
from payments.services import start
from payments.services.history import now
from payments.services.start import submit_payment
from payments.tests.house import House, attempt_of

pytestmark = pytest.mark.django_db


def sessions(house: House) -> list[dict]:
    answer = house.stripe.http.get(
        "/stripe/v1/checkout/sessions", params={"limit": 100}, auth=("sk_test_x", "")
    )
    return answer.json()["data"]


def submit(payment: Payment) -> Payment:
    return submit_payment(payment_id=payment.pk)


def test_a_row_is_written_before_anybody_is_called(house: House) -> None:
    payment = house.opened()
    assert payment.status == PaymentStatus.PENDING
    assert attempt_of(payment).state == AttemptState.CREATED
    assert not sessions(house)


def test_references_are_long_random_and_plain() -> None:
    made = {Payment().reference for _ in range(500)}
    assert len(made) == 500
    assert all(len(one) == 29 and one.replace("-", "").isalnum() for one in made)


def test_submitting_again_returns_the_same_page(house: House) -> None:
    payment = house.opened()
    first, second = submit(payment), submit(payment)
    assert first.authorization_url == second.authorization_url
    assert len(sessions(house)) == 1
    assert PaymentEvent.objects.filter(type="submitted").count() == 1


def test_stripe_is_told_what_it_needs_and_nothing_it_refuses(house: House) -> None:
    payment = house.submitted(description="Tea for two")
    (session,) = sessions(house)
    assert session["client_reference_id"] == payment.reference
    assert session["metadata"] == {
        "tradewind_reference": payment.reference,
        "tradewind_attempt": str(attempt_of(payment).pk),
    }
    assert (session["amount_total"], session["currency"]) == (4250, "eur")
    assert session["customer_email"] == "amina@example.com"
    assert payment.reference in session["success_url"]


def test_an_answer_lost_after_the_work_was_done_finds_the_same_page(house: House) -> None:
    payment = house.opened()
    house.stripe.add_fault("lost_answer", face="stripe", method="POST")
    with pytest.raises(UpstreamUnavailable):
        submit(payment)
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.PENDING
    assert len(sessions(house)) == 1  # it was made, we did not hear of it
    house.stripe.clear_faults()
    assert sessions(house)[0]["id"] in submit(payment).authorization_url
    assert len(sessions(house)) == 1


@pytest.mark.parametrize("work", [False, True])
def test_a_failure_that_stripe_would_repeat_is_looked_behind(house: House, work: bool) -> None:
    payment = house.opened()
    house.stripe.add_fault(
        "status", face="stripe", path="/v1/checkout/*", status=500, work=work, times=1
    )
    with pytest.raises(UpstreamUnavailable, match="Nothing was lost"):
        submit(payment)
    assert attempt_of(payment).outcome_unknown
    submitted = submit(payment)
    assert submitted.authorization_url
    assert len(sessions(house)) == 1
    assert submitted.attempts.count() == (1 if work else 2)
    assert submitted.attempts.filter(state=AttemptState.SUBMITTED).count() == 1


def test_a_payment_paid_while_we_did_not_know_its_page_is_settled(house: House) -> None:
    payment = house.opened()
    house.stripe.add_fault("lost_answer", face="stripe", method="POST")
    with pytest.raises(UpstreamUnavailable):
        submit(payment)
    house.stripe.clear_faults()
    house.stripe.pay(sessions(house)[0]["id"])
    house.deliver()  # the webhook names our attempt
    house.work()
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.SUCCESS
    assert attempt_of(payment).gateway_ref == sessions(house)[0]["id"]


def test_a_try_from_long_ago_is_not_repeated_under_its_key(house: House) -> None:
    payment = house.opened()
    house.stripe.add_fault("hang", face="stripe", seconds=0)
    with pytest.raises(UpstreamUnavailable):
        submit(payment)
    house.stripe.clear_faults()
    long_ago = now() - timedelta(hours=30)
    PaymentAttempt.objects.filter(payment=payment).update(
        first_tried_at=long_ago, expires_at=long_ago + start.PAGE_LIFETIME
    )
    assert submit(payment).authorization_url
    states = list(payment.attempts.order_by("id").values_list("state", flat=True))
    assert states == [AttemptState.FAILED, AttemptState.SUBMITTED]


def test_a_refusal_ends_the_payment_and_says_why(house: House) -> None:
    payment = house.opened(Money.parse("0.10", "EUR"))  # below what Stripe charges
    with pytest.raises(Unprocessable, match="at least"):
        submit(payment)
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.FAILED
    with pytest.raises(Conflict, match="failed"):
        submit(payment)


def test_a_wrong_key_is_our_fault_and_loses_nothing(house: House) -> None:
    payment = house.opened()
    for key in ("", "sk_wrong"):
        with override_settings(STRIPE_SECRET_KEY=key), pytest.raises(UpstreamUnavailable):
            submit(payment)
    assert submit(payment).authorization_url


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": Money(0, "EUR")}, "more than nothing"),
        ({"amount": Money(-1, "EUR")}, "more than nothing"),
        ({"amount": Money(5, "UGX")}, "UGX"),
        ({"amount": Money(1234, "KWD")}, "digits"),
        ({"amount": Money(10**9, "EUR")}, "more than"),
        ({"gateway": "bank"}, "bank"),
    ],
)
def test_what_no_gateway_could_take_is_refused_before_anything_is_written(
    house: House, changes, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        house.opened(**changes)
    assert not Payment.objects.exists()


def test_one_thing_is_paid_by_one_open_payment(house: House) -> None:
    purpose_id = uuid4()
    first = house.opened(purpose_id=purpose_id)
    with pytest.raises(Conflict):
        house.opened(purpose_id=purpose_id)
    Payment.objects.filter(pk=first.pk).update(status=PaymentStatus.CANCELLED)
    house.opened(purpose_id=purpose_id)


def test_yen_and_dinars_reach_stripe_in_its_own_units(house: House) -> None:
    for text, currency, sent in (
        ("500", "JPY", 500),
        ("5.120", "KWD", 5120),
        ("500", "ISK", 50000),
    ):
        payment = house.paid(Money.parse(text, currency))
        assert sessions(house)[0]["amount_total"] == sent
        assert payment.captured == Money.parse(text, currency)


def test_expiring_closes_an_open_page_only(house: House) -> None:
    there = gateway("stripe")
    payment = house.submitted()
    assert there.expire(gateway_ref=house.session_of(payment)).state == "expired"
    paid = house.paid()
    assert there.expire(gateway_ref=house.session_of(paid)).state == "captured"
