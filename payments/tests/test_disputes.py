"""Disputes: kept as the gateway shows them, booked to the cent, back to what it was when won."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.errors import Conflict
from core.models import Event
from core.money import Money
from notifications.models import Notification
from payments.enums import DisputeState, PaymentStatus
from payments.gateways.interface import DisputeSeen, GatewayDispute
from payments.models import Dispute, LedgerTransaction, Payment
from payments.services.books.balances import balances, trial_balance
from payments.services.disputes.observing import TooEarly, observe
from payments.services.refunds import refundable, request_refund
from payments.tests.house import House, amount_eur, attempt_of
from payments.tests.test_refund_sending import books_are_stripes
from payments.tests.test_settle import seen_of, told

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FEE = Money(1500, "EUR")


@pytest.fixture
def paid(house: House) -> Payment:
    payment = house.opened()
    return told(payment, seen_of(payment))


def shown(state: DisputeSeen, hours: int | None = None, **more: Any) -> GatewayDispute:
    """A dispute as a gateway shows it, `hours` after noon."""
    as_of = None if hours is None else NOON + timedelta(hours=hours)
    plain = GatewayDispute(state, "dp_1", "", amount_eur(), livemode=False, as_of=as_of)
    return replace(plain, **more)


def seen(payment: Payment, *disputes: GatewayDispute) -> Payment:
    for one in disputes:
        observe(attempt_id=attempt_of(payment).pk, seen=one, source="test")
    payment.refresh_from_db()
    return payment


def held(*codes: str) -> dict[str, int]:
    return {one.code: one.amount.minor for one in balances(codes=list(codes)) if one.amount}


NEEDS, REVIEW, WON, LOST = (
    DisputeSeen.NEEDS_RESPONSE, DisputeSeen.UNDER_REVIEW, DisputeSeen.WON, DisputeSeen.LOST,
)  # fmt: skip
ACCOUNTS = ("gateway:stripe", "disputes:stripe", "dispute_fees:stripe", "dispute_losses")
TAKEN = {"withdrawn": amount_eur(), "fee": FEE}


class TestBooks:
    def test_what_is_withdrawn_is_a_claim_until_it_is_decided(self, paid: Payment) -> None:
        seen(paid, shown(NEEDS, 0, **TAKEN), shown(REVIEW, 1, **TAKEN))
        assert held(*ACCOUNTS) == {
            "gateway:stripe": -1500, "disputes:stripe": 4250, "dispute_fees:stripe": 1500,
        }  # fmt: skip
        assert trial_balance() == {"EUR": 0}

    def test_won_the_money_comes_back_and_the_fee_does_not(self, paid: Payment) -> None:
        back = {"withdrawn": Money(0, "EUR"), "fee": FEE}
        seen(paid, shown(NEEDS, 0, **TAKEN), shown(WON, 1, **TAKEN))
        assert held("disputes:stripe") == {"disputes:stripe": 4250}  # promised, not there yet
        seen(paid, shown(WON, 2, **back))
        assert held(*ACCOUNTS) == {"gateway:stripe": 2750, "dispute_fees:stripe": 1500}

    def test_lost_it_is_a_loss_and_an_appeal_a_claim_again(self, paid: Payment) -> None:
        seen(paid, shown(NEEDS, 0, **TAKEN), shown(LOST, 1, **TAKEN))
        assert held("disputes:stripe", "dispute_losses") == {"dispute_losses": 4250}
        seen(paid, shown(NEEDS, 2, **TAKEN))
        assert held("disputes:stripe", "dispute_losses") == {"disputes:stripe": 4250}
        assert paid.status == PaymentStatus.DISPUTED

    def test_a_gateway_that_does_not_tell_takes_it_when_we_lose(self, paid: Payment) -> None:
        seen(paid, shown(NEEDS, 0), shown(LOST, 1))
        assert held(*ACCOUNTS) == {"dispute_losses": 4250}

    def test_in_whatever_currency_it_is_taken(self, paid: Payment) -> None:
        seen(paid, shown(NEEDS, 0, withdrawn=Money(4606, "USD"), fee=Money(1500, "USD")))
        assert trial_balance() == {"EUR": 0, "USD": 0}
        assert held("disputes:stripe") == {"disputes:stripe": 4606}

    def test_told_often_it_is_booked_once(self, paid: Payment) -> None:
        seen(paid, *[shown(NEEDS, 0, **TAKEN)] * 3)
        assert LedgerTransaction.objects.filter(kind="dispute").count() == 1


class TestForwardOnly:
    def test_what_was_so_earlier_changes_nothing(self, paid: Payment) -> None:
        seen(paid, shown(WON, 5), shown(NEEDS, 1), shown(LOST, 2))
        assert Dispute.objects.get().state == DisputeState.WON

    def test_without_a_time_only_a_further_step_counts(self, paid: Payment) -> None:
        seen(paid, shown(REVIEW), shown(NEEDS))
        assert Dispute.objects.get().state == DisputeState.UNDER_REVIEW
        seen(paid, shown(LOST))
        assert Dispute.objects.get().state == DisputeState.LOST

    def test_a_new_word_is_kept_and_decides_nothing(self, paid: Payment) -> None:
        seen(paid, shown(WON, 1, said="won"), shown(DisputeSeen.UNKNOWN, 2, said="pondered"))
        dispute = Dispute.objects.get()
        assert (dispute.state, dispute.said) == (DisputeState.WON, "pondered")

    def test_news_that_overtook_the_capture_is_tried_again(self, house: House) -> None:
        with pytest.raises(TooEarly):
            seen(house.opened(), shown(NEEDS))


class TestPayment:
    def test_it_is_disputed_while_open_and_then_what_it_was(self, paid: Payment) -> None:
        seen(paid, shown(NEEDS, 0))
        assert paid.status == PaymentStatus.DISPUTED
        seen(paid, shown(WON, 1))
        assert paid.status == PaymentStatus.SUCCESS
        opened, closed = Event.objects.filter(type__startswith="payment.dispute").order_by("id")
        assert (opened.data["dispute_minor"], opened.data["status"]) == (4250, "disputed")
        assert (closed.data["outcome"], closed.data["status"]) == ("won", "success")

    def test_two_disputes_are_two(self, paid: Payment) -> None:
        seen(paid, shown(NEEDS, 0), shown(NEEDS, 0, dispute_ref="dp_2"), shown(WON, 1))
        assert paid.status == PaymentStatus.DISPUTED
        seen(paid, shown(DisputeSeen.CLOSED, 1, dispute_ref="dp_2"))
        assert paid.status == PaymentStatus.SUCCESS

    def test_lost_it_stays_disputed(self, paid: Payment) -> None:
        seen(paid, shown(NEEDS, 0), shown(LOST, 1))
        assert paid.status == PaymentStatus.DISPUTED

    def test_what_a_bank_takes_back_is_not_given_back_too(self, paid: Payment) -> None:
        seen(paid, shown(NEEDS, 0, amount=Money(4000, "EUR")))
        assert refundable(paid) == Money(250, "EUR")
        with pytest.raises(Conflict):
            request_refund(payment_id=paid.pk, amount=amount_eur(), reason="", requested_by=None)


def test_staff_are_told_once_with_the_day_to_answer_by(house: House, paid: Payment) -> None:
    due = NOON + timedelta(days=14)
    seen(paid, shown(NEEDS, 0, due_by=due, reason="fraudulent"), shown(REVIEW, 1))
    house.work()
    mail = Notification.objects.get(kind="dispute_opened")
    assert mail.email == "admin@example.com"
    assert (mail.context["due_by"], mail.context["reason"]) == (
        "2026-12-04 12:00 UTC", "fraudulent",
    )  # fmt: skip


class TestWithStripe:
    """To the cent against Stripe's own account."""

    def told_by(self, house: House, payment: Payment) -> Payment:
        house.deliver()
        house.work()
        payment.refresh_from_db()
        return payment

    @pytest.mark.parametrize(
        ("outcome", "status"),
        [("won", PaymentStatus.SUCCESS), ("lost", PaymentStatus.DISPUTED)],
    )
    def test_from_the_first_letter_to_the_end(self, house: House, outcome: str, status) -> None:
        payment = house.paid()
        dispute = house.stripe.dispute(str(attempt_of(payment).gateway_payment_ref))
        self.told_by(house, payment)
        assert payment.status == PaymentStatus.DISPUTED
        assert books_are_stripes(house)
        house.stripe.close_dispute(dispute["id"], outcome)
        assert self.told_by(house, payment).status == status
        assert books_are_stripes(house)
        kept = Dispute.objects.get()
        assert (kept.state, kept.closed_at is not None) == (outcome, True)

    def test_in_another_currency_than_the_buyers(self, house: House) -> None:
        house.stripe.stripe_behaves(settlement={"currency": "usd", "rates": {"eur": "1.0837"}})
        payment = house.paid()
        dispute = house.stripe.dispute(str(attempt_of(payment).gateway_payment_ref))
        self.told_by(house, payment)
        assert books_are_stripes(house)
        house.stripe.close_dispute(dispute["id"], "won")
        self.told_by(house, payment)
        assert books_are_stripes(house)

    def test_an_inquiry_takes_no_money(self, house: House) -> None:
        payment = house.paid()
        dispute = house.stripe.dispute(str(attempt_of(payment).gateway_payment_ref), inquiry=True)
        self.told_by(house, payment)
        assert books_are_stripes(house)
        house.stripe.close_dispute(dispute["id"], "warning_closed")
        assert self.told_by(house, payment).status == PaymentStatus.SUCCESS
