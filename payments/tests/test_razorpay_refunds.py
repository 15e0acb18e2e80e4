"""Refunds and disputes of Razorpay as the adapter shows them; lists for reconciliation."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from core.money import Money
from payments.gateways.interface import (
    DisputeSeen,
    GatewayDispute,
    GatewayError,
    GatewayPayment,
    GatewayRefund,
    NotOurs,
    RefundRequest,
    RefundSeen,
    Seen,
)
from payments.gateways.razorpay import lists
from payments.gateways.razorpay.adapter import RazorpayGateway
from payments.gateways.razorpay.disputes import read_dispute
from payments.gateways.registry import gateway
from payments.models import Payment
from payments.tests.razorpay_house import RazorpayHouse, rupees

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(razorpay: RazorpayHouse) -> RazorpayGateway:
    found = gateway("razorpay")
    assert isinstance(found, RazorpayGateway)
    return found


def request_of(razorpay: RazorpayHouse, payment: Payment, text: str = "100.00") -> RefundRequest:
    refund_id = uuid4()
    return RefundRequest(
        refund_id=refund_id,
        idempotency_key=f"refund:{refund_id}:1",
        payment_ref=razorpay.money_of(payment),
        reference=payment.reference,
        amount=rupees(text),
        reason="too small",
    )


def interpreted(razorpay: RazorpayHouse, there: RazorpayGateway, event: str) -> list[object]:
    return list(there.interpret(kind=event, body=razorpay.body_of(event)))


class TestRefund:
    def test_it_is_on_its_way_and_names_us(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        payment = razorpay.paid()
        asked = request_of(razorpay, payment)
        seen = there.refund(asked)
        assert (seen.state, seen.amount) == (RefundSeen.PENDING, rupees("100.00"))
        assert (seen.refund_id, seen.reference) == (asked.refund_id, payment.reference)
        assert seen.payment_ref == asked.payment_ref
        raw = razorpay.api(f"/refunds/{seen.refund_ref}")
        assert (raw["receipt"], raw["notes"]["reason"]) == (str(asked.refund_id), "too small")

    def test_the_same_key_is_the_same_refund(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        asked = request_of(razorpay, razorpay.paid())
        assert there.refund(asked).refund_ref == there.refund(asked).refund_ref
        assert razorpay.api("/refunds")["count"] == 1

    @pytest.mark.parametrize("kind", ["lost_answer", "cut"])
    def test_a_lost_answer_gives_nothing_back_twice(
        self, razorpay: RazorpayHouse, there: RazorpayGateway, kind: str
    ) -> None:
        asked = request_of(razorpay, razorpay.paid())
        razorpay.there.add_fault(kind, face="razorpay", method="POST", times=1)
        assert there.refund(asked).state is RefundSeen.PENDING
        assert razorpay.api("/refunds")["count"] == 1

    def test_a_failure_after_the_work_is_no_reason_to_do_it_twice(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        asked = request_of(razorpay, razorpay.paid())
        razorpay.there.add_fault("status", face="razorpay", status=500, work=True, times=1)
        with pytest.raises(GatewayError) as caught:
            there.refund(asked)
        assert caught.value.retryable
        assert not caught.value.answered  # the same key is asked again, not a fresh one
        there.refund(asked)
        assert razorpay.api("/refunds")["count"] == 1

    def test_one_that_is_still_being_made_is_asked_for_later(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        asked = request_of(razorpay, razorpay.paid())
        razorpay.there.add_fault("status", face="razorpay", status=409, times=1)
        with pytest.raises(GatewayError, match="wait") as caught:
            there.refund(asked)
        assert caught.value.retryable

    def test_the_same_key_for_something_else_is_a_mistake_of_ours(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        asked = request_of(razorpay, razorpay.paid())
        there.refund(asked)
        other = request_of(razorpay, razorpay.paid())
        twisted = RefundRequest(
            other.refund_id, asked.idempotency_key, other.payment_ref, other.reference,
            other.amount,
        )  # fmt: skip
        with pytest.raises(GatewayError, match="idempotency key") as caught:
            there.refund(twisted)
        assert not caught.value.retryable

    def test_more_than_there_is_is_refused_with_a_sentence(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        payment = razorpay.paid()
        there.refund(request_of(razorpay, payment, "400.00"))
        with pytest.raises(GatewayError, match="greater than amount captured") as caught:
            there.refund(request_of(razorpay, payment, "99.01"))
        assert not caught.value.retryable

    def test_all_refunds_of_one_payment_are_listed(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        payment, other = razorpay.paid(), razorpay.paid()
        made = [there.refund(request_of(razorpay, payment, f"{n}.00")) for n in (1, 2, 3)]
        there.refund(request_of(razorpay, other))
        found = there.refunds_of(payment_ref=razorpay.money_of(payment))
        assert {one.refund_ref for one in found} == {one.refund_ref for one in made}


class TestRefundEvents:
    @pytest.mark.parametrize(
        ("act", "event", "state"),
        [("process", "refund.processed", "succeeded"), ("fail", "refund.failed", "failed")],
    )
    def test_the_payment_is_told_first_and_then_how_the_refund_stands_now(
        self, razorpay: RazorpayHouse, there: RazorpayGateway, act: str, event: str, state: str
    ) -> None:
        payment = razorpay.paid()
        asked = request_of(razorpay, payment)
        made = there.refund(asked)
        razorpay.there.razorpay_refund(made.refund_ref, act)
        for told in ("refund.created", event):  # the older one is stale, and says the same
            seen, refund = interpreted(razorpay, there, told)
            assert isinstance(seen, GatewayPayment)
            assert isinstance(refund, GatewayRefund)
            assert (seen.state, seen.reference) == (Seen.CAPTURED, payment.reference)
            assert (refund.state, refund.refund_id) == (state, asked.refund_id)
            assert bool(refund.failure) is (act == "fail")

    def test_a_whole_refund_leaves_the_payment_captured(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        payment = razorpay.paid()
        there.refund(request_of(razorpay, payment, "499.00"))
        seen = there.fetch(payment_ref=razorpay.money_of(payment))
        assert (seen.state, seen.amount) == (Seen.CAPTURED, payment.amount)
        assert seen.refunded is None  # `amount_refunded` counts what may still fail

    def test_one_made_in_razorpays_dashboard_names_the_payment(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        payment = razorpay.paid()
        ref = razorpay.money_of(payment)
        there.client.payment.refund(ref, {"amount": 5000})
        _, refund = interpreted(razorpay, there, "refund.created")
        assert isinstance(refund, GatewayRefund)
        assert (refund.refund_id, refund.payment_ref) == (None, ref)

    def test_what_razorpay_returned_by_itself_is_no_refund_of_ours(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        payment = razorpay.submitted()
        tried = razorpay.there.link(razorpay.link_of(payment), "authorize")
        razorpay.there.razorpay_payment(tried["id"], "let_go")
        (seen,) = interpreted(razorpay, there, "refund.processed")
        assert isinstance(seen, GatewayPayment)
        assert (seen.state, seen.payment_ref) == (Seen.OPEN, "")

    def test_those_of_somebody_else_are_not_ours(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        link = there.client.payment_link.create({"amount": 5000, "currency": "INR"})
        razorpay.there.link(link["id"], "pay")
        paid = razorpay.api("/payments")["items"][0]["id"]
        there.client.payment.refund(paid, {"amount": 100})
        with pytest.raises(NotOurs):
            interpreted(razorpay, there, "refund.created")


class TestDisputes:
    STEPS = (
        ("action_required", DisputeSeen.NEEDS_RESPONSE, "0"),
        ("under_review", DisputeSeen.UNDER_REVIEW, "0"),
        ("lost", DisputeSeen.LOST, "200.00"),
    )

    def test_money_goes_when_it_is_lost_and_not_before(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        payment = razorpay.paid()
        opened = razorpay.there.razorpay_payment(
            razorpay.money_of(payment), "dispute", amount=20000, reason="goods_not_received"
        )
        seen, dispute = interpreted(razorpay, there, "payment.dispute.created")
        assert isinstance(seen, GatewayPayment)
        assert isinstance(dispute, GatewayDispute)
        assert (dispute.state, dispute.amount) == (DisputeSeen.NEEDS_RESPONSE, rupees("200.00"))
        assert (dispute.reason, dispute.said) == ("goods_not_received", "open")
        assert dispute.due_by == datetime.fromtimestamp(opened["respond_by"], UTC)
        assert dispute.payment_ref == razorpay.money_of(payment)
        assert dispute.reference == payment.reference
        for step, state, withdrawn in self.STEPS:
            razorpay.there.razorpay_dispute(opened["id"], step)
            _, dispute = interpreted(razorpay, there, f"payment.dispute.{step}")
            assert isinstance(dispute, GatewayDispute)
            assert (dispute.state, dispute.withdrawn) == (state, rupees(withdrawn))

    def test_a_status_nobody_knows_yet_is_no_crash(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        payment = razorpay.paid()
        seen = there.fetch(payment_ref=razorpay.money_of(payment))
        raw = {"id": "disp_1", "amount": 100, "currency": "INR", "status": "pre_arbitration"}
        dispute = read_dispute(raw, seen, as_of=datetime.now(UTC))
        assert (dispute.state, dispute.said) == (DisputeSeen.UNKNOWN, "pre_arbitration")
        assert dispute.withdrawn is None


class TestLists:
    def test_payments_of_a_time_with_fee_and_reference(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        payment = razorpay.submitted()
        razorpay.there.link(razorpay.link_of(payment), "decline")
        razorpay.there.link(razorpay.link_of(payment), "pay")
        stranger = there.client.payment_link.create({"amount": 7000, "currency": "INR"})
        razorpay.there.link(stranger["id"], "pay")
        now = datetime.now(UTC)
        found = list(there.payments_between(now - timedelta(minutes=5), now + timedelta(minutes=5)))
        told = [(one.state, one.reference, one.amount, one.fee) for one in found]
        assert told == [
            (Seen.CAPTURED, "", rupees("70.00"), rupees("1.65")),
            (Seen.CAPTURED, payment.reference, rupees("499.00"), rupees("11.78")),
            (Seen.OPEN, payment.reference, rupees("499.00"), None),
        ]
        assert [bool(one.payment_ref) for one in found] == [True, True, False]
        assert not list(there.payments_between(now - timedelta(days=2), now - timedelta(days=1)))

    def test_the_end_of_a_time_is_the_beginning_of_the_next(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        razorpay.paid()
        at = datetime.fromtimestamp(razorpay.api("/payments")["items"][0]["created_at"], UTC)
        second = timedelta(seconds=1)
        assert len(list(there.payments_between(at, at + second))) == 1
        assert not list(there.payments_between(at - second, at))
        assert not list(there.payments_between(at + second, at + 2 * second))
        assert not list(there.payments_between(at, at))

    def test_long_lists_are_read_to_their_end_and_nothing_twice(
        self, razorpay: RazorpayHouse, there: RazorpayGateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lists, "PAGE", 2)
        payment = razorpay.submitted()
        for _ in range(5):
            razorpay.there.link(razorpay.link_of(payment), "decline")
        now = datetime.now(UTC)
        walk = there.payments_between(now - timedelta(hours=1), now + timedelta(hours=1))
        found = [next(walk)]
        razorpay.there.link(razorpay.link_of(payment), "decline")  # pushes all one further
        found += walk
        refs = [one.declined_ref for one in found]
        assert len(refs) == len(set(refs)) == 5

    def test_refunds_of_a_time_are_those_of_money_that_was_ours(
        self, razorpay: RazorpayHouse, there: RazorpayGateway
    ) -> None:
        paid = razorpay.paid()
        ours = there.refund(request_of(razorpay, paid))
        by_hand = there.client.payment.refund(razorpay.money_of(paid), {"amount": 100})
        payment = razorpay.submitted()
        tried = razorpay.there.link(razorpay.link_of(payment), "authorize")
        razorpay.there.razorpay_payment(tried["id"], "let_go")
        now = datetime.now(UTC)
        found = list(there.refunds_between(now - timedelta(hours=1), now + timedelta(hours=1)))
        assert [one.refund_ref for one in found] == [by_hand["id"], ours.refund_ref]
        assert [one.amount for one in found] == [Money(100, "INR"), rupees("100.00")]
