"""Money that goes back: refunds that fail late, disputes, other currencies, thin events."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import stripe

from rehearsal.client import Rehearsal
from rehearsal.testing import RunningRehearsal
from rehearsal.tests.receiver import Receiver
from rehearsal.tests.test_stripe_sessions import item

Pay = Callable[..., Any]


@pytest.fixture
def paid(control: Rehearsal, sdk: stripe.StripeClient, new_session: Callable[..., Any]) -> Pay:
    def pay(unit_amount: int = 10_000, currency: str = "eur") -> Any:
        session = new_session(line_items=[item(unit_amount, currency)])
        intent = control.pay(session.id)["payment_intent"]
        return sdk.v1.payment_intents.retrieve(intent, {"expand": ["latest_charge"]})

    return pay


def told(sdk: stripe.StripeClient, family: str) -> list[str]:
    """Types of events of one family, oldest first."""
    events = reversed(sdk.v1.events.list({"limit": 100}).data)
    return [event.type for event in events if event.type.startswith(family)]


class TestRefunds:
    def test_one_that_fails_late_gives_the_money_back_to_us(
        self, control: Rehearsal, sdk: stripe.StripeClient, paid: Pay
    ) -> None:
        intent = paid()
        refund = sdk.v1.refunds.create({"payment_intent": intent.id, "amount": 4_000})
        assert refund.status == "succeeded"
        control.fail_refund(refund.id)
        failed = sdk.v1.refunds.retrieve(refund.id)
        assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
        charge = sdk.v1.charges.retrieve(intent.latest_charge.id)
        assert (charge.amount_refunded, charge.refunded) == (0, False)
        balance = control.stripe_book()["balance"]["eur"]
        assert (balance["refund"], balance["refund_failure"]) == (-4_000, 4_000)
        assert balance["net"] == 10_000 - balance["fees"]
        assert control.stripe_book()["totals"]["eur"]["refund_failed"] == 4_000
        assert told(sdk, "refund.") == ["refund.created", "refund.failed", "refund.updated"]
        assert sdk.v1.refunds.create({"payment_intent": intent.id}).amount == 10_000

    def test_one_on_its_way_arrives_later(
        self, control: Rehearsal, sdk: stripe.StripeClient, paid: Pay
    ) -> None:
        control.stripe_behaves(refunds="pending")
        refund = sdk.v1.refunds.create({"payment_intent": paid().id})
        assert refund.status == "pending"
        assert control.succeed_refund(refund.id)["status"] == "succeeded"
        assert told(sdk, "refund.") == ["refund.created", "refund.updated"]
        with pytest.raises(httpx.HTTPStatusError):
            control.succeed_refund(refund.id)

    def test_the_same_key_is_the_same_refund(self, sdk: stripe.StripeClient, paid: Pay) -> None:
        params: Any = {"payment_intent": paid().id, "amount": 1_000}
        both = [sdk.v1.refunds.create(params, {"idempotency_key": "r-1"}).id for _ in range(2)]
        assert len(set(both)) == 1


class TestDisputes:
    def test_the_money_and_a_fee_go_at_once(
        self, control: Rehearsal, sdk: stripe.StripeClient, paid: Pay
    ) -> None:
        intent = paid()
        due_by = int(time.time()) + 3_600
        made = control.dispute(
            intent.id, amount=9_000, reason="product_not_received", due_by=due_by
        )
        dispute = sdk.v1.disputes.retrieve(made["id"], {"expand": ["charge"]})
        assert (dispute.status, dispute.evidence_details.due_by) == ("needs_response", due_by)
        assert isinstance(dispute.charge, stripe.Charge)
        assert dispute.charge.disputed
        (line,) = dispute.balance_transactions
        assert (line.amount, line.fee, line.net) == (-9_000, 1_500, -10_500)
        assert told(sdk, "charge.dispute.") == [
            "charge.dispute.created", "charge.dispute.funds_withdrawn",
        ]  # fmt: skip
        with pytest.raises(stripe.InvalidRequestError) as refused:
            sdk.v1.refunds.create({"payment_intent": intent.id})
        assert refused.value.code == "charge_disputed"

    def test_won_the_money_comes_back_and_the_fee_does_not(
        self, control: Rehearsal, sdk: stripe.StripeClient, paid: Pay
    ) -> None:
        dispute = control.dispute(paid().id)
        control.close_dispute(dispute["id"], "won")
        lines = sdk.v1.disputes.retrieve(dispute["id"]).balance_transactions
        assert [(line.amount, line.fee) for line in lines] == [(-10_000, 1_500), (10_000, 0)]
        balance = control.stripe_book()["balance"]["eur"]
        assert balance["net"] == 10_000 - balance["fees"] - 1_500
        assert told(sdk, "charge.dispute.")[2:] == [
            "charge.dispute.funds_reinstated", "charge.dispute.closed",
        ]  # fmt: skip

    def test_lost_it_is_gone(self, control: Rehearsal, sdk: stripe.StripeClient, paid: Pay) -> None:
        dispute = control.dispute(paid().id)
        assert sdk.v1.disputes.close(dispute["id"]).status == "lost"
        book = control.stripe_book()
        assert book["balance"]["eur"]["net"] == -book["balance"]["eur"]["fees"] - 1_500
        assert book["totals"]["eur"]["withdrawn"] == 10_000

    def test_an_inquiry_takes_nothing_until_the_bank_insists(
        self, control: Rehearsal, paid: Pay
    ) -> None:
        asked = control.dispute(paid().id, inquiry=True)
        assert (asked["status"], asked["balance_transactions"]) == ("warning_needs_response", [])
        assert asked["is_charge_refundable"]
        insisted = control.withdraw_dispute(asked["id"])
        assert (insisted["status"], len(insisted["balance_transactions"])) == ("needs_response", 1)

    def test_an_answer_puts_it_under_review(
        self, control: Rehearsal, sdk: stripe.StripeClient, paid: Pay
    ) -> None:
        dispute = control.dispute(paid().id)
        answered = sdk.v1.disputes.update(
            dispute["id"], {"evidence": {"uncategorized_text": "It was delivered."}, "submit": True}
        )
        assert answered.status == "under_review"
        assert answered.evidence_details.submission_count == 1

    def test_a_status_nobody_knows_can_be_told(
        self, control: Rehearsal, sdk: stripe.StripeClient, paid: Pay
    ) -> None:
        dispute = control.dispute(paid().id)
        control.update_dispute(dispute["id"], status="appeal_in_orbit")
        assert sdk.v1.disputes.retrieve(dispute["id"]).status == "appeal_in_orbit"


class TestOtherCurrencies:
    def test_the_account_moves_in_its_own_currency_at_the_rate_of_the_day(
        self, control: Rehearsal, sdk: stripe.StripeClient, paid: Pay
    ) -> None:
        control.stripe_behaves(settlement={"currency": "usd", "rates": {"jpy": "0.65"}})
        intent = paid(10_000, "jpy")
        control.stripe_behaves(settlement={"currency": "usd", "rates": {"jpy": "0.70"}})
        sdk.v1.refunds.create({"payment_intent": intent.id, "amount": 5_000})
        charged, back = reversed(sdk.v1.balance_transactions.list({"currency": "usd"}).data)
        assert (charged.amount, charged.exchange_rate, charged.fee) == (6_500, 0.65, 219)
        assert (back.amount, back.exchange_rate) == (-3_500, 0.7)
        book = control.stripe_book()
        assert set(book["balance"]) == {"usd"}
        assert book["totals"]["jpy"]["charged"] == 10_000

    def test_what_a_lost_rate_took_a_won_dispute_gives_back(
        self, control: Rehearsal, paid: Pay
    ) -> None:
        control.stripe_behaves(settlement={"currency": "usd", "rates": {"jpy": "0.65"}})
        dispute = control.dispute(paid(10_000, "jpy").id)
        control.stripe_behaves(settlement={"currency": "usd", "rates": {"jpy": "0.70"}})
        lines = control.close_dispute(dispute["id"], "won")["balance_transactions"]
        assert sum(line["amount"] for line in lines) == 0

    @pytest.mark.parametrize(
        "wrong",
        [
            {"refunds": "maybe"}, {"events": "fat"}, {"colour": 1}, {"settlement": {"currency": 1}},
            {"settlement": {"currency": "usd", "rates": {"jpy": "0"}}},
            {"settlement": {"currency": "usd", "rates": {"jpy": "cheap"}}},
        ],
    )  # fmt: skip
    def test_behaviour_that_makes_no_sense_is_refused(
        self, control: Rehearsal, wrong: dict[str, Any]
    ) -> None:
        with pytest.raises(httpx.HTTPStatusError):
            control.stripe_behaves(**wrong)


class TestThinEvents:
    def test_they_name_what_they_are_about_and_are_signed_alike(
        self,
        server: RunningRehearsal,
        receiver: Receiver,
        control: Rehearsal,
        sdk: stripe.StripeClient,
        new_session: Callable[..., Any],
    ) -> None:
        control.stripe_behaves(events="thin")
        session = control.pay(new_session().id)
        told = [
            sdk.parse_event_notification(posted.body, posted.signature, server.webhook_secret)
            for posted in receiver.wait_for(3)
        ]
        (done,) = [event for event in told if event.type == "v1.checkout.session.completed"]
        assert done.related_object.id == session["id"]
        assert done.related_object.url == f"/v1/checkout/sessions/{session['id']}"

    def test_beside_a_snapshot_they_name_it(
        self, receiver: Receiver, control: Rehearsal, new_session: Callable[..., Any]
    ) -> None:
        control.stripe_behaves(events="both")
        control.expire(new_session().id)
        bodies = [json.loads(posted.body) for posted in receiver.wait_for(2)]
        thin = next(body for body in bodies if body["object"] == "v2.core.event")
        snapshot = next(body for body in bodies if body["object"] == "event")
        assert thin["snapshot_event"] == snapshot["id"]
        assert "data" not in thin
