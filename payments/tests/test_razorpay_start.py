"""Starting at Razorpay survives lost answers, failures and refusals, and opens one page."""

import time
from datetime import timedelta

import pytest
from django.test import override_settings

from core.errors import Conflict, Invalid, Unprocessable, UpstreamUnavailable
from core.money import Money
from payments.enums import AttemptState, PaymentStatus
from payments.gateways.interface import GatewayError, NotAtGateway, Seen
from payments.gateways.razorpay.adapter import RazorpayGateway
from payments.gateways.registry import gateway
from payments.models import Payment, PaymentAttempt
from payments.services import start
from payments.services.history import now
from payments.services.start import submit_payment
from payments.tests.house import attempt_of
from payments.tests.razorpay_house import RazorpayHouse

pytestmark = pytest.mark.django_db


def submit(payment: Payment) -> Payment:
    return submit_payment(payment_id=payment.pk)


def test_submitting_again_returns_the_same_page(razorpay: RazorpayHouse) -> None:
    payment = razorpay.opened()
    assert submit(payment).authorization_url == submit(payment).authorization_url
    assert len(razorpay.links()) == 1


def test_starting_twice_under_one_key_finds_the_same_link(razorpay: RazorpayHouse) -> None:
    """Razorpay refuses the second create: a `reference_id` is good for one link."""
    payment = razorpay.submitted()
    attempt = attempt_of(payment)
    again = gateway("razorpay").start(start._start(payment, attempt))
    assert (again.gateway_ref, again.attempt_id) == (attempt.gateway_ref, attempt.pk)
    assert again.authorization_url == payment.authorization_url
    assert len(razorpay.links()) == 1


@pytest.mark.parametrize("kind", ["lost_answer", "cut"])
def test_an_answer_lost_after_the_work_was_done_finds_the_same_page(
    razorpay: RazorpayHouse, kind: str
) -> None:
    """Tried again within the call itself: Razorpay makes one link of a reference."""
    payment = razorpay.opened()
    razorpay.there.add_fault(kind, face="razorpay", method="POST", times=1)
    assert submit(payment).authorization_url == razorpay.links()[0]["short_url"]
    assert len(razorpay.links()) == 1


def test_when_no_answer_comes_at_all_the_next_try_finds_it(razorpay: RazorpayHouse) -> None:
    payment = razorpay.opened()
    razorpay.there.add_fault("lost_answer", face="razorpay", method="POST")
    with pytest.raises(UpstreamUnavailable, match="Nothing was lost"):
        submit(payment)
    razorpay.there.clear_faults()
    assert len(razorpay.links()) == 1
    assert submit(payment).authorization_url == razorpay.links()[0]["short_url"]
    assert len(razorpay.links()) == 1


@pytest.mark.parametrize("work", [False, True])
@pytest.mark.parametrize("status", [500, 502])
def test_a_failure_of_razorpays_own_is_no_end(
    razorpay: RazorpayHouse, status: int, work: bool
) -> None:
    payment = razorpay.opened()
    razorpay.there.add_fault("status", face="razorpay", status=status, work=work)
    with pytest.raises(UpstreamUnavailable, match="Razorpay failed to do it"):
        submit(payment)
    razorpay.there.clear_faults()
    submitted = submit(payment)
    assert submitted.authorization_url
    assert submitted.attempts.count() == 1
    assert len(razorpay.links()) == 1


def test_a_payment_paid_while_we_did_not_know_its_page_is_settled(razorpay: RazorpayHouse) -> None:
    payment = razorpay.opened()
    razorpay.there.add_fault("lost_answer", face="razorpay", method="POST")
    with pytest.raises(UpstreamUnavailable):
        submit(payment)
    razorpay.there.clear_faults()
    link = razorpay.links()[0]["id"]
    razorpay.there.link(link, "pay")
    razorpay.told()
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.SUCCESS
    assert attempt_of(payment).gateway_ref == link


def test_a_try_from_long_ago_gets_a_fresh_link(razorpay: RazorpayHouse) -> None:
    payment = razorpay.opened()
    razorpay.there.add_fault("hang", face="razorpay", seconds=0)
    with pytest.raises(UpstreamUnavailable):
        submit(payment)
    razorpay.there.clear_faults()
    long_ago = now() - timedelta(hours=30)
    PaymentAttempt.objects.filter(payment=payment).update(
        first_tried_at=long_ago, expires_at=long_ago + start.PAGE_LIFETIME
    )
    assert submit(payment).authorization_url
    states = list(payment.attempts.order_by("id").values_list("state", flat=True))
    assert states == [AttemptState.FAILED, AttemptState.SUBMITTED]
    assert razorpay.links()[0]["reference_id"] == str(attempt_of(payment).pk)


def test_the_link_of_a_try_from_long_ago_is_found_by_our_reference(
    razorpay: RazorpayHouse,
) -> None:
    payment = razorpay.submitted()
    for _ in range(3):
        razorpay.submitted()
    there = gateway("razorpay")
    found = there.find(reference=payment.reference, since=now() - timedelta(minutes=5))
    assert found is not None
    assert found.gateway_ref == razorpay.link_of(payment)
    assert there.find(reference="tw-unknown", since=now() - timedelta(hours=1)) is None
    assert there.find(reference=payment.reference, since=now() + timedelta(hours=1)) is None


def test_each_payment_has_a_link_and_an_order_of_its_own(razorpay: RazorpayHouse) -> None:
    for payment in [razorpay.submitted() for _ in range(3)]:
        razorpay.there.link(razorpay.link_of(payment), "decline")
    assert len({order["receipt"] for order in razorpay.api("/orders")["items"]}) == 3


def test_a_refusal_ends_the_payment_and_says_why(razorpay: RazorpayHouse) -> None:
    payment = razorpay.opened(Money.parse("0.10", "INR"))
    with pytest.raises(Unprocessable, match="at least INR 1"):
        submit(payment)
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.FAILED
    with pytest.raises(Conflict, match="failed"):
        submit(payment)


@pytest.mark.parametrize(
    "keys",
    [
        {"RAZORPAY_KEY_ID": ""},
        {"RAZORPAY_KEY_SECRET": ""},
        {"RAZORPAY_KEY_SECRET": "wrong"},
        {"RAZORPAY_KEY_ID": "rzp_live_never_here"},
    ],
)
def test_a_wrong_key_is_our_fault_and_loses_nothing(
    razorpay: RazorpayHouse, keys: dict[str, str]
) -> None:
    payment = razorpay.opened()
    with override_settings(**keys), pytest.raises(UpstreamUnavailable, match="key"):
        submit(payment)
    PaymentAttempt.objects.filter(payment=payment).update(livemode=False)
    assert submit(payment).authorization_url


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (Money(5, "BTN"), None),
        (Money(1234, "KWD"), "digits"),
        (Money(500, "BGN"), "BGN"),
        (Money(10**12, "INR"), "more than"),
        (Money(100, "LYD"), "LYD"),
    ],
)
def test_what_razorpay_cannot_express_is_refused_before_anything_is_written(
    razorpay: RazorpayHouse, amount: Money, said: str | None
) -> None:
    if said is None:
        assert razorpay.opened(amount).pk
        return
    with pytest.raises(Invalid, match=said):
        razorpay.opened(amount)
    assert not Payment.objects.exists()


class TestExpire:
    """Closing a page."""

    def test_an_open_one_is_cancelled(self, razorpay: RazorpayHouse) -> None:
        link = razorpay.link_of(razorpay.submitted())
        assert gateway("razorpay").expire(gateway_ref=link).state is Seen.EXPIRED
        assert razorpay.links()[0]["status"] == "cancelled"

    def test_one_that_is_paid_or_closed_is_shown_as_it_is(self, razorpay: RazorpayHouse) -> None:
        there = gateway("razorpay")
        paid = there.expire(gateway_ref=razorpay.link_of(razorpay.paid()))
        assert (paid.state, bool(paid.payment_ref)) == (Seen.CAPTURED, True)
        link = razorpay.link_of(razorpay.submitted())
        for _ in range(2):
            assert there.expire(gateway_ref=link).state is Seen.EXPIRED

    def test_a_lost_answer_is_asked_for_again(self, razorpay: RazorpayHouse) -> None:
        link = razorpay.link_of(razorpay.submitted())
        razorpay.there.add_fault("lost_answer", face="razorpay", method="POST", times=1)
        assert gateway("razorpay").expire(gateway_ref=link).state is Seen.EXPIRED

    def test_what_was_never_there_is_said_to_be_so(self, razorpay: RazorpayHouse) -> None:
        there = gateway("razorpay")
        with pytest.raises(NotAtGateway):
            there.expire(gateway_ref="plink_Nothing0000000")
        for names in ({"gateway_ref": "plink_Nothing0000000"}, {"payment_ref": "pay_No"}, {}):
            with pytest.raises(NotAtGateway):
                there.fetch(**names)


def test_a_razorpay_that_hangs_is_given_ten_seconds_altogether(
    razorpay: RazorpayHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where one question needs several calls; ten are two here."""
    from payments.gateways.razorpay import errors

    payment = razorpay.paid()
    monkeypatch.setattr(errors, "INTERACTIVE", 2.0)
    razorpay.there.add_fault("delay", face="razorpay", seconds=1.2)
    began = time.monotonic()
    with pytest.raises(GatewayError, match="did not answer in time") as caught:
        gateway("razorpay").fetch(gateway_ref=razorpay.link_of(payment))
    assert caught.value.retryable
    assert time.monotonic() - began < 3.5


def test_live_keys_are_known_by_their_look() -> None:
    for key_id, live in (("rzp_live_x", True), ("rzp_test_x", False)):
        there = RazorpayGateway(key_id=key_id, key_secret="s", api_base="https://api.razorpay.com")
        assert there.livemode is live
