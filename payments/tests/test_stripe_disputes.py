"""Stripe's disputes as they stand, and to the cent what they took from us."""

from datetime import UTC, datetime

import pytest

from core.money import Money
from payments.gateways.interface import (
    DisputeSeen,
    GatewayDispute,
    GatewayPayment,
    NotOurs,
    Seen,
)
from payments.gateways.stripe.disputes import STATES, read_dispute
from payments.tests.stripe_side import StripeSide

WHOLE, NOTHING, FEE = Money(4250, "EUR"), Money(0, "EUR"), Money(1500, "EUR")


@pytest.fixture
def side(stripe_keys) -> StripeSide:
    return StripeSide(stripe_keys.client)


def heard(side: StripeSide, kind: str) -> GatewayDispute:
    payment, dispute = side.hears(kind)
    assert isinstance(payment, GatewayPayment)
    assert payment.state is Seen.CAPTURED
    assert isinstance(dispute, GatewayDispute)
    assert (dispute.payment_ref, dispute.reference) == (payment.payment_ref, payment.reference)
    return dispute


def test_it_names_the_payment_the_amount_and_the_time_to_answer(side: StripeSide) -> None:
    start, intent = side.paid()
    due = datetime(2027, 1, 15, 12, tzinfo=UTC)
    side.stripe.dispute(intent, amount=2000, reason="duplicate", due_by=int(due.timestamp()))
    dispute = heard(side, "charge.dispute.created")
    assert (dispute.reference, dispute.payment_ref) == (start.reference, intent)
    assert (dispute.state, dispute.amount, dispute.reason) == (
        DisputeSeen.NEEDS_RESPONSE, Money(2000, "EUR"), "duplicate",
    )  # fmt: skip
    assert dispute.due_by == due
    assert (dispute.withdrawn, dispute.fee) == (Money(2000, "EUR"), FEE)


def test_won_it_gives_the_money_back_and_keeps_the_fee(side: StripeSide) -> None:
    _, intent = side.paid()
    made = side.stripe.dispute(intent)
    assert heard(side, "charge.dispute.funds_withdrawn").withdrawn == WHOLE
    side.stripe.close_dispute(made["id"], "won")
    for kind in ("charge.dispute.closed", "charge.dispute.funds_reinstated"):
        dispute = heard(side, kind)
        assert (dispute.state, dispute.withdrawn, dispute.fee) == (DisputeSeen.WON, NOTHING, FEE)


def test_lost_it_keeps_both(side: StripeSide) -> None:
    _, intent = side.paid()
    side.stripe.close_dispute(side.stripe.dispute(intent)["id"], "lost")
    dispute = heard(side, "charge.dispute.closed")
    assert (dispute.state, dispute.withdrawn, dispute.fee) == (DisputeSeen.LOST, WHOLE, FEE)


def test_old_news_show_how_it_stands_now(side: StripeSide) -> None:
    _, intent = side.paid()
    side.stripe.close_dispute(side.stripe.dispute(intent)["id"], "won")
    assert heard(side, "charge.dispute.created").state is DisputeSeen.WON


def test_an_inquiry_has_taken_nothing(side: StripeSide) -> None:
    _, intent = side.paid()
    made = side.stripe.dispute(intent, inquiry=True)
    asked = heard(side, "charge.dispute.created")
    assert (asked.withdrawn, asked.fee, asked.said) == (NOTHING, NOTHING, "warning_needs_response")
    side.stripe.close_dispute(made["id"], "warning_closed")
    closed = heard(side, "charge.dispute.closed")
    assert (closed.state, closed.withdrawn) == (DisputeSeen.CLOSED, NOTHING)


def test_money_that_goes_later_is_seen_when_it_goes(side: StripeSide) -> None:
    _, intent = side.paid()
    made = side.stripe.dispute(intent, withdraw=False)
    assert heard(side, "charge.dispute.created").withdrawn == NOTHING
    side.stripe.withdraw_dispute(made["id"])
    assert heard(side, "charge.dispute.funds_withdrawn").withdrawn == WHOLE


def test_a_word_nobody_knows_is_kept_and_decides_nothing(side: StripeSide) -> None:
    _, intent = side.paid()
    side.stripe.update_dispute(side.stripe.dispute(intent)["id"], status="appeal_in_orbit")
    dispute = heard(side, "charge.dispute.updated")
    assert (dispute.state, dispute.said) == (DisputeSeen.UNKNOWN, "appeal_in_orbit")


def test_it_is_counted_in_the_currency_stripe_pays_us_in(side: StripeSide) -> None:
    side.stripe.stripe_behaves(settlement={"currency": "usd", "rates": {"jpy": "0.65"}})
    _, intent = side.paid(Money(10_000, "JPY"))
    side.stripe.dispute(intent)
    dispute = heard(side, "charge.dispute.created")
    assert dispute.amount == Money(10_000, "JPY")
    assert (dispute.withdrawn, dispute.fee) == (Money(6500, "USD"), Money(1500, "USD"))


def test_a_dispute_of_an_invoice_is_told_by_its_payment(side: StripeSide) -> None:
    side.subscribed()
    (charge,) = side.api("GET", "charges")["data"]
    side.stripe.dispute(charge["id"])
    (dispute,) = side.hears("charge.dispute.created")
    assert isinstance(dispute, GatewayDispute)
    assert (dispute.reference, dispute.payment_ref) == ("", charge["payment_intent"])


def test_a_dispute_that_stripe_does_not_know_is_not_ours(side: StripeSide) -> None:
    with pytest.raises(NotOurs):
        side.hears_of("charge.dispute.created", {"id": "du_nobody", "object": "dispute"})


def test_the_book_of_the_gateway_agrees(side: StripeSide) -> None:
    """What our news say was taken is what the account shows."""
    for outcome in ("won", "lost"):
        _, intent = side.paid()
        side.stripe.close_dispute(side.stripe.dispute(intent)["id"], outcome)
    disputes = []
    for event in side.told("charge.dispute.closed"):
        news = side.hears_of("charge.dispute.closed", event["data"]["object"])
        disputes += [one for one in news if isinstance(one, GatewayDispute)]
    balance = side.stripe.stripe_book()["balance"]["eur"]
    assert sum(d.withdrawn.minor for d in disputes if d.withdrawn) == -(
        balance["dispute"] + balance["dispute_reversal"]
    )
    assert sum(d.fee.minor for d in disputes if d.fee) == balance["dispute_fees"]


class TestReading:
    PAYMENT = GatewayPayment(
        state=Seen.CAPTURED, reference="tw-1", amount=WHOLE, livemode=True, payment_ref="pi_1"
    )
    RAW = {
        "object": "dispute", "id": "du_1", "amount": 4250, "currency": "eur",
        "status": "needs_response", "reason": "fraudulent",
    }  # fmt: skip

    def test_lines_that_are_not_shown_are_not_zero(self) -> None:
        seen = read_dispute(self.RAW, self.PAYMENT)
        assert (seen.withdrawn, seen.fee, seen.due_by) == (None, None, None)
        ids = read_dispute(self.RAW | {"balance_transactions": ["txn_1"]}, self.PAYMENT)
        assert ids.withdrawn is None

    @pytest.mark.parametrize("said", [*STATES, "prevented", "appeal_needs_response"])
    def test_every_status_of_this_version_is_known(self, said: str) -> None:
        seen = read_dispute(self.RAW | {"status": said}, self.PAYMENT)
        assert seen.state is not DisputeSeen.UNKNOWN
