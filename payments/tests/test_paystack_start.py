"""A reference works once and a page's address is told once: starting survives both."""

import time
from datetime import timedelta

import pytest
from django.test import override_settings

from core.errors import Invalid, Unprocessable, UpstreamUnavailable
from core.money import Money
from core.outbound import CircuitOpen
from payments.addresses import page_url
from payments.enums import AttemptState, PaymentStatus
from payments.gateways.interface import GatewayError, NotAtGateway, Seen
from payments.gateways.paystack import adapter, client
from payments.gateways.paystack.words import page_name, reference_in
from payments.gateways.registry import gateway
from payments.models import Payment
from payments.services.history import now
from payments.services.start import submit_payment
from payments.tests.house import attempt_of, booked
from payments.tests.paystack_house import KEY, PaystackHouse, naira

pytestmark = pytest.mark.django_db

INITIALIZE = "/transaction/initialize"


def submit(payment: Payment) -> Payment:
    return submit_payment(payment_id=payment.pk)


def states(payment: Payment) -> list[str]:
    return list(payment.attempts.order_by("id").values_list("state", flat=True))


def test_paystack_is_told_whose_payment_it_is_in_its_own_units(paystack: PaystackHouse) -> None:
    payment = paystack.submitted(Money(5000, "XOF"), description="Tea for two")
    attempt = attempt_of(payment)
    there = paystack.transaction(payment)
    assert (there["amount"], there["currency"]) == (500_000, "XOF")
    assert there["customer"]["email"] == "amina@example.com"
    assert there["metadata"] == {
        "tradewind_reference": payment.reference,
        "tradewind_attempt": str(attempt.pk),
        "cancel_action": page_url(payment.reference),
        "description": "Tea for two",
    }


def test_a_page_is_named_after_payment_and_attempt_in_letters_paystack_takes(
    paystack: PaystackHouse,
) -> None:
    payment = paystack.opened()
    page = page_name(payment.reference, attempt_of(payment).pk)
    assert reference_in(page) == payment.reference
    assert set(page) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    for other in ("", page + "0", page.upper(), "T12_x", page.partition(".")[0]):
        assert reference_in(other) == ""


def test_submitting_again_returns_the_same_page(paystack: PaystackHouse) -> None:
    payment = paystack.opened()
    assert submit(payment).authorization_url == submit(payment).authorization_url
    assert paystack.requests("POST", INITIALIZE) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lost_answer"},
        {"kind": "cut"},
        {"kind": "status", "status": 500, "work": True},
        {"kind": "status", "status": 502, "work": False},
        {"kind": "hang"},
    ],
)
def test_after_a_lost_answer_the_next_try_has_a_page_of_its_own(
    paystack: PaystackHouse, fault: dict
) -> None:
    payment = paystack.opened()
    paystack.there.add_fault(**fault, face="paystack", method="POST", path="/*", times=1)
    with pytest.raises(UpstreamUnavailable, match="Nothing was lost"):
        submit(payment)
    payment.refresh_from_db()
    assert (payment.status, states(payment)) == (PaymentStatus.PENDING, [AttemptState.CREATED])
    payment = submit(payment)
    assert payment.authorization_url
    assert states(payment) == [AttemptState.FAILED, AttemptState.SUBMITTED]
    paystack.there.paystack(paystack.page_of(payment))
    paystack.hear("charge.success", paystack.transaction(payment))
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.SUCCESS


@pytest.mark.parametrize("status", [401, 429])
def test_where_nothing_can_have_been_done_the_same_page_is_asked_for_again(
    paystack: PaystackHouse, status: int
) -> None:
    payment = paystack.opened()
    paystack.there.add_fault("status", face="paystack", path="/*", status=status, times=1)
    with pytest.raises(UpstreamUnavailable):
        submit(payment)
    nobody = override_settings(PAYSTACK_API_BASE="http://127.0.0.1:9")
    with nobody, pytest.raises(UpstreamUnavailable):
        submit(payment)
    assert states(submit(payment)) == [AttemptState.SUBMITTED]


def test_a_page_nobody_heard_of_still_belongs_to_its_attempt(paystack: PaystackHouse) -> None:
    """Should it be paid after all, the money finds its payment; paid twice, it is owed back."""
    payment = paystack.opened()
    lost = page_name(payment.reference, attempt_of(payment).pk)
    paystack.there.add_fault("lost_answer", face="paystack", method="POST", path="/*", times=1)
    with pytest.raises(UpstreamUnavailable):
        submit(payment)
    payment = submit(payment)
    paystack.hear("charge.success", paystack.there.paystack(lost))
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.SUCCESS
    paystack.there.paystack(paystack.page_of(payment))
    paystack.hear("charge.success", paystack.transaction(payment))
    assert (booked(payment), booked(payment, "overpayment")) == (1, 1)
    assert [a.overpaid for a in payment.attempts.order_by("id")] == [False, True]


def test_a_lost_page_that_was_paid_is_found_before_another_is_opened(
    paystack: PaystackHouse,
) -> None:
    payment = paystack.opened()
    page = page_name(payment.reference, attempt_of(payment).pk)
    paystack.there.add_fault("lost_answer", face="paystack", method="POST", path="/*", times=1)
    with pytest.raises(UpstreamUnavailable):
        submit(payment)
    paystack.there.paystack(page)
    assert submit(payment).status == PaymentStatus.SUCCESS
    assert paystack.requests("POST", INITIALIZE) == 1


def test_a_name_that_is_taken_is_looked_at_and_never_used_twice(
    paystack: PaystackHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """We died between Paystack's answer and our row; or somebody else is just submitting it."""
    payment = paystack.opened()
    page = page_name(payment.reference, attempt_of(payment).pk)
    paystack.there.http.post(
        f"/paystack{INITIALIZE}",
        json={"reference": page, "email": "amina@example.com", "amount": 425_000},
        headers={"Authorization": f"Bearer {KEY}"},
    )
    with pytest.raises(UpstreamUnavailable, match="opening this page at the moment"):
        submit(payment)
    assert not attempt_of(payment).outcome_unknown
    monkeypatch.setattr(adapter, "BEING_OPENED", timedelta(0))
    with pytest.raises(UpstreamUnavailable, match="knows this reference already"):
        submit(payment)
    assert attempt_of(payment).outcome_unknown
    payment = submit(payment)
    assert states(payment) == [AttemptState.FAILED, AttemptState.SUBMITTED]
    assert paystack.page_of(payment) != page


def test_a_taken_name_that_is_paid_is_settled_at_once(paystack: PaystackHouse) -> None:
    payment = paystack.opened()
    page = page_name(payment.reference, attempt_of(payment).pk)
    paystack.there.http.post(
        f"/paystack{INITIALIZE}",
        json={"reference": page, "email": "amina@example.com", "amount": 425_000},
        headers={"Authorization": f"Bearer {KEY}"},
    )
    paystack.there.paystack(page)
    assert submit(payment).status == PaymentStatus.SUCCESS


def test_a_gateway_that_hangs_is_answered_for_in_time(
    paystack: PaystackHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert adapter.INTERACTIVE < 10.0  # seconds; long in a test
    monkeypatch.setattr(adapter, "INTERACTIVE", 0.5)
    payment = paystack.opened()
    paystack.there.add_fault("drip", face="paystack", path="/*", seconds=1, times=1)
    began = time.monotonic()
    with pytest.raises(UpstreamUnavailable, match="did not answer in time"):
        submit(payment)
    assert time.monotonic() - began < 2


def test_a_refusal_ends_the_payment_in_paystacks_words(paystack: PaystackHouse) -> None:
    payment = paystack.opened(email="nobody at all")
    with pytest.raises(Unprocessable, match="Paystack: Invalid Email Address Passed"):
        submit(payment)
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.FAILED


def test_a_wrong_key_is_our_fault_and_loses_nothing(paystack: PaystackHouse) -> None:
    payment = paystack.opened()
    for keys in ([], ["pk_wrong"], ["sk_live_never_here"]):
        with override_settings(PAYSTACK_SECRET_KEYS=keys), pytest.raises(UpstreamUnavailable):
            submit(payment)
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.PENDING


def test_the_newest_key_calls_and_says_whose_money_it_moves(paystack: PaystackHouse) -> None:
    assert gateway("paystack").livemode is False
    with override_settings(PAYSTACK_SECRET_KEYS=["sk_live_new", "sk_test_old"]):
        assert gateway("paystack").livemode is True
    gateway("paystack").check()


def test_too_many_calls_is_a_moment_of_patience(paystack: PaystackHouse) -> None:
    there = gateway("paystack")
    paystack.there.add_fault("status", face="paystack", path="/*", status=429)
    with pytest.raises(GatewayError, match="wait a moment") as busy:
        there.fetch(gateway_ref="x")
    assert (busy.value.retryable, busy.value.answered) == (True, False)


def test_what_paystack_does_not_know_is_said_so(paystack: PaystackHouse) -> None:
    there = gateway("paystack")
    for unknown in ({"gateway_ref": "never"}, {"payment_ref": "4"}, {}):
        with pytest.raises(NotAtGateway):
            there.fetch(**unknown)


def test_a_dead_paystack_opens_a_breaker_of_its_own(paystack: PaystackHouse) -> None:
    there = gateway("paystack")
    paystack.there.add_fault("status", face="paystack", path="/*", status=500)
    said = ""
    for _ in range(40):
        with pytest.raises(GatewayError) as away:
            there.fetch(gateway_ref="x")
        said = away.value.message
        if isinstance(away.value.__cause__, CircuitOpen):
            break
    assert said == "Paystack has failed too often just now."
    assert away.value.retryable
    asked = len(paystack.there.paystack_requests())
    with pytest.raises(GatewayError):
        there.fetch(gateway_ref="x")
    assert len(paystack.there.paystack_requests()) == asked


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": Money(500, "JPY")}, "JPY"),
        ({"amount": Money(5000, "KWD")}, "KWD"),
        ({"amount": Money(5, "UGX")}, "UGX"),
        ({"amount": Money(100, "EUR")}, "EUR"),
        ({"amount": Money.parse("10000000.01", "NGN")}, "more than"),
    ],
)
def test_what_paystack_could_not_take_is_refused_before_anything_is_written(
    paystack: PaystackHouse, changes: dict, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        paystack.opened(**changes)
    assert not Payment.objects.exists()


def test_searching_goes_through_pages_and_finds_what_was_paid(
    paystack: PaystackHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PAGE", 2)
    began = now()
    payments = [paystack.submitted(naira("10.00")) for _ in range(5)]
    there = gateway("paystack")
    first = payments[0]
    assert there.find(reference=first.reference, since=began) is None  # it only waits
    paystack.there.paystack(paystack.page_of(first))
    found = there.find(reference=first.reference, since=began)
    assert found is not None
    assert (found.state, found.attempt_id) == (Seen.CAPTURED, attempt_of(first).pk)
    assert there.find(reference=first.reference, since=now() + timedelta(hours=1)) is None
