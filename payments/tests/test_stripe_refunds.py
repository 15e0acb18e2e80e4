"""Money that goes back through Stripe: asked for once, read as it stands, also failing late."""

import json

import pytest

from core.errors import Invalid
from core.money import Money
from payments.gateways.interface import (
    GatewayError,
    GatewayPayment,
    GatewayRefund,
    NotAtGateway,
    NotOurs,
    RefundSeen,
)
from payments.gateways.stripe.refunds import read_refund
from payments.gateways.stripe.webhook import read_envelope
from payments.tests.stripe_side import StripeSide

TEN = Money(1000, "EUR")


@pytest.fixture
def side(stripe_keys) -> StripeSide:
    return StripeSide(stripe_keys.client)


class TestAsking:
    def test_it_goes_back_under_our_names(self, side: StripeSide) -> None:
        start, intent = side.paid()
        made = side.refund(start, intent, TEN)
        assert (made.state, made.amount, made.payment_ref) == (RefundSeen.SUCCEEDED, TEN, intent)
        assert (made.reference, made.livemode, made.settled) == (start.reference, False, None)
        (seen,) = side.gateway.refunds_of(payment_ref=intent)
        assert seen == made
        assert seen.refund_id is not None
        assert side.gateway.fetch(payment_ref=intent).refunded == TEN

    def test_the_same_key_is_the_same_refund(self, side: StripeSide) -> None:
        start, intent = side.paid()
        first = side.refund(start, intent, TEN)
        again = side.refund(start, intent, TEN, refund_id=first.refund_id)
        assert again == first
        assert side.gateway.fetch(payment_ref=intent).refunded == TEN

    def test_an_answer_lost_after_the_work_was_done_is_found_again(self, side: StripeSide) -> None:
        start, intent = side.paid()
        side.stripe.add_fault("lost_answer", face="stripe", path="/v1/refunds", times=1)
        made = side.refund(start, intent, TEN)  # the transport asks again under the same key
        assert [refund.refund_ref for refund in side.gateway.refunds_of(payment_ref=intent)] == [
            made.refund_ref
        ]

    def test_more_than_came_in_is_refused_for_good(self, side: StripeSide) -> None:
        start, intent = side.paid()
        side.refund(start, intent, Money(4000, "EUR"))
        with pytest.raises(GatewayError, match="greater than unrefunded amount") as refused:
            side.refund(start, intent, TEN)
        assert (refused.value.retryable, refused.value.answered) == (False, True)

    def test_what_is_disputed_is_not_refunded_as_well(self, side: StripeSide) -> None:
        start, intent = side.paid()
        side.stripe.dispute(intent)
        with pytest.raises(GatewayError, match="charged back"):
            side.refund(start, intent, TEN)

    def test_money_nobody_has_is_not_at_the_gateway(self, side: StripeSide) -> None:
        start, _ = side.paid()
        with pytest.raises(NotAtGateway):
            side.refund(start, "pi_nobody", TEN)

    @pytest.mark.parametrize("reason", ["duplicate", "the parcel was wet"])
    def test_only_reasons_that_stripe_takes_are_told(self, side: StripeSide, reason: str) -> None:
        start, intent = side.paid()
        ref = side.refund(start, intent, TEN, reason=reason).refund_ref
        told = side.api("GET", f"refunds/{ref}")["reason"]
        assert told == (reason if reason == "duplicate" else None)

    @pytest.mark.parametrize(
        ("minor", "currency", "number"), [(500, "JPY", 500), (5120, "KWD", 5120), (7, "ISK", 700)]
    )
    def test_it_is_counted_in_stripes_units(
        self, side: StripeSide, minor: int, currency: str, number: int
    ) -> None:
        start, intent = side.paid(Money(minor * 100, currency))
        made = side.refund(start, intent, Money(minor, currency))
        assert made.amount == Money(minor, currency)
        assert side.api("GET", f"refunds/{made.refund_ref}")["amount"] == number

    def test_a_currency_stripe_is_unsure_of_is_not_sent(self, side: StripeSide) -> None:
        start, intent = side.paid()
        with pytest.raises(Invalid):
            side.refund(start, intent, Money(500, "UGX"))

    def test_what_it_took_from_an_account_in_another_currency_is_told(
        self, side: StripeSide
    ) -> None:
        side.stripe.stripe_behaves(settlement={"currency": "usd", "rates": {"jpy": "0.65"}})
        start, intent = side.paid(Money(10_000, "JPY"))
        paid = side.gateway.fetch(payment_ref=intent)
        assert (paid.settled, paid.fee) == (Money(6500, "USD"), Money(219, "USD"))
        side.stripe.stripe_behaves(settlement={"currency": "usd", "rates": {"jpy": "0.70"}})
        assert side.refund(start, intent, Money(5000, "JPY")).settled == Money(3500, "USD")


def refunds_in(news: list) -> list[GatewayRefund]:
    return [one for one in news if isinstance(one, GatewayRefund)]


class TestHearing:
    def test_the_payment_comes_first_then_its_refund(self, side: StripeSide) -> None:
        start, intent = side.paid()
        made = side.refund(start, intent, TEN)
        for kind in ("refund.created", "charge.refunded"):
            payment, refund = side.hears(kind)
            assert isinstance(payment, GatewayPayment)
            assert (payment.reference, payment.attempt_id) == (start.reference, start.attempt_id)
            assert payment.refunded == TEN
            assert refund == made

    def test_a_refunded_charge_tells_of_all_its_refunds(self, side: StripeSide) -> None:
        start, intent = side.paid()
        made = {side.refund(start, intent, Money(n, "EUR")).refund_ref for n in (100, 200, 300)}
        first = refunds_in(side.hears("charge.refunded", last=False))
        assert {refund.refund_ref for refund in first} == made  # asked now, whatever it said then

    def test_one_made_at_stripe_has_our_reference_and_no_row_of_ours(
        self, side: StripeSide
    ) -> None:
        start, intent = side.paid()
        side.api("POST", "refunds", payment_intent=intent, amount="1000")
        (refund,) = refunds_in(side.hears("refund.created"))
        assert (refund.reference, refund.refund_id) == (start.reference, None)

    def test_old_news_of_success_after_a_late_failure_show_the_failure(
        self, side: StripeSide
    ) -> None:
        start, intent = side.paid()
        made = side.refund(start, intent, TEN)
        side.stripe.fail_refund(made.refund_ref, "expired_or_canceled_card")
        for kind in ("refund.failed", "refund.updated", "refund.created"):
            payment, refund = side.hears(kind)
            assert isinstance(payment, GatewayPayment)
            assert payment.refunded == Money(0, "EUR")  # Stripe's sum shrinks
            assert isinstance(refund, GatewayRefund)
            assert (refund.state, refund.failure) == (
                RefundSeen.FAILED, "expired_or_canceled_card",
            )  # fmt: skip

    def test_one_on_its_way_is_pending_until_it_arrives(self, side: StripeSide) -> None:
        side.stripe.stripe_behaves(refunds="pending")
        start, intent = side.paid()
        made = side.refund(start, intent, TEN)
        assert made.state is RefundSeen.PENDING
        side.stripe.succeed_refund(made.refund_ref)
        (refund,) = refunds_in(side.hears("refund.updated"))
        assert refund.state is RefundSeen.SUCCEEDED

    def test_money_back_from_an_invoice_is_told_by_its_payment(self, side: StripeSide) -> None:
        """Which invoice it paid the books know; the payment itself is none of ours to settle."""
        side.subscribed()
        (charge,) = side.api("GET", "charges")["data"]
        side.api("POST", "refunds", charge=charge["id"], amount="100")
        for kind in ("refund.created", "charge.refunded"):
            (refund,) = side.hears(kind)
            assert isinstance(refund, GatewayRefund)
            assert (refund.reference, refund.payment_ref) == ("", charge["payment_intent"])

    def test_a_refund_that_stripe_does_not_know_is_not_ours(self, side: StripeSide) -> None:
        with pytest.raises(NotOurs):
            side.hears_of("refund.created", {"id": "re_nobody", "object": "refund"})
        with pytest.raises(NotOurs):
            side.hears_of("refund.created", {"object": "refund"})

    def test_a_refund_of_ours_is_worked_off_in_the_order_of_its_payment(
        self, side: StripeSide
    ) -> None:
        start, intent = side.paid()
        side.refund(start, intent, TEN)
        for kind in ("payment_intent.succeeded", "refund.created", "charge.refunded"):
            body = json.dumps(side.told(kind)[-1]).encode()
            assert read_envelope(body, {}).subject == f"stripe:{start.reference}"


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("pending", RefundSeen.PENDING),
        ("requires_action", RefundSeen.NEEDS_ATTENTION),
        ("succeeded", RefundSeen.SUCCEEDED),
        ("failed", RefundSeen.FAILED),
        ("canceled", RefundSeen.FAILED),
        (None, RefundSeen.PENDING),
        ("a_word_of_2027", RefundSeen.PENDING),
    ],
)
def test_every_status_has_a_meaning_and_an_unknown_one_decides_nothing(
    said: str | None, state: RefundSeen
) -> None:
    raw = {
        "object": "refund", "id": "re_1", "amount": 100, "currency": "eur", "status": said,
        "charge": "ch_1", "payment_intent": None, "metadata": {"tradewind_refund": "not a uuid"},
    }  # fmt: skip
    seen = read_refund(raw, livemode=True)
    assert (seen.state, seen.payment_ref, seen.refund_id) == (state, "ch_1", None)
    assert bool(seen.failure) == (state is RefundSeen.FAILED)
