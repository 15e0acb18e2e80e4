"""Invoices: forward only, in the books once, their money going back too."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from accounts.enums import Tier
from core.events import Retry
from core.models import Event
from core.money import Money
from payments.gateways.billing import GatewayInvoice, InvoiceSeen
from payments.gateways.billing import SubscriptionSeen as S
from payments.gateways.interface import (
    DisputeSeen,
    GatewayDispute,
    GatewayRefund,
    NotOurs,
    RefundSeen,
)
from payments.models import LedgerTransaction, SubscriptionInvoice
from payments.services.billing import invoice_money, invoices, subscriptions
from payments.services.books.balances import balances, trial_balance
from payments.tests.lives import a_customer, a_price, a_user, story

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def eur(text):
    return Money.parse(text, "EUR")


def invoice(state=InvoiceSeen.PAID, **more):
    wanted = {
        "invoice_ref": "in_1", "subscription_ref": "sub_1", "customer_ref": "cus_1",
        "due": eur("29.00"), "paid": eur("29.00") if state is InvoiceSeen.PAID else eur("0"),
        "livemode": False, "as_of": AT, "attempts": 1, "payment_ref": "pi_1", "number": "TW-1",
    }  # fmt: skip
    return GatewayInvoice(state=state, **(wanted | more))


@pytest.fixture
def subscription(db):
    a_price(Tier.STARTER)
    user = a_user()
    a_customer(user, "cus_1")
    return subscriptions.observe(gateway="stripe", seen=story(S.ACTIVE, AT), source="test")


def told(*stories):
    for one in stories:
        row = invoices.observe(gateway="stripe", seen=one, source="test")
    return row


def held():
    return {one.code: str(one.amount) for one in balances()}


def news(kind):
    return Event.objects.filter(type=kind).count()


def test_a_paid_invoice_is_booked_once_whatever_repeats(subscription):
    told(invoice(), invoice(as_of=AT + HOUR), invoice(InvoiceSeen.OPEN, as_of=AT + 2 * HOUR))
    assert held() == {"gateway:stripe": "29.00 EUR", "revenue:subscriptions": "-29.00 EUR"}
    assert news("invoice.paid") == 1
    assert SubscriptionInvoice.objects.get().state == "paid"


def test_a_trials_invoice_of_nothing_is_no_money(subscription):
    told(invoice(due=eur("0"), paid=eur("0"), payment_ref=""))
    assert held() == {}
    assert news("invoice.paid") == 0


def test_the_fee_is_booked_when_it_is_known(subscription):
    told(invoice(payment_ref=""), invoice(fee=eur("0.74")), invoice(fee=eur("0.74")))
    assert held() == {
        "gateway:stripe": "28.26 EUR",
        "fees:stripe": "0.74 EUR",
        "revenue:subscriptions": "-29.00 EUR",
    }
    assert SubscriptionInvoice.objects.get().payment_ref == "pi_1"


def test_each_failed_try_is_told_once_and_late_ones_not_at_all(subscription):
    failed = invoice(InvoiceSeen.OPEN, failed=True)
    told(failed, failed, replace(failed, attempts=3), replace(failed, attempts=2))
    assert news("invoice.payment_failed") == 2
    told(invoice(attempts=3))
    assert news("invoice.paid") == 1


def test_an_invoice_that_was_given_up_may_still_be_paid(subscription):
    row = told(invoice(InvoiceSeen.UNCOLLECTIBLE), invoice(as_of=AT - HOUR))
    assert row.state == "paid"
    assert row.paid == eur("29.00")


def test_an_invoice_waits_for_its_subscription(db):
    user = a_user()
    a_customer(user, "cus_1")
    with pytest.raises(Retry):
        told(invoice())


def test_a_strangers_invoice_is_not_ours(db):
    with pytest.raises(NotOurs):
        told(invoice())


class TestMoneyGoingBack:
    def refund(self, ref="re_1", amount="10.00", state=RefundSeen.SUCCEEDED):
        return GatewayRefund(
            state=state, refund_ref=ref, payment_ref="pi_1", amount=eur(amount), livemode=False
        )

    def dispute(self, withdrawn):
        return GatewayDispute(
            state=DisputeSeen.UNDER_REVIEW, dispute_ref="dp_1", payment_ref="pi_1",
            amount=eur("29.00"), livemode=False, withdrawn=eur(withdrawn),
        )  # fmt: skip

    def refunded(self, *seen):
        for one in seen:
            invoice_money.refunded(gateway="stripe", seen=one, source="test")

    def test_each_refund_is_booked_once(self, subscription):
        told(invoice())
        self.refunded(self.refund(), self.refund(), self.refund("re_2", "19.00"))
        assert held() == {"gateway:stripe": "0.00 EUR", "revenue:subscriptions": "0.00 EUR"}
        assert SubscriptionInvoice.objects.get().refunded == eur("29.00")
        assert news("invoice.refunded") == 2

    def test_a_refund_that_did_not_happen_is_no_money(self, subscription):
        told(invoice())
        self.refunded(self.refund(state=RefundSeen.PENDING), self.refund(state=RefundSeen.FAILED))
        assert held()["gateway:stripe"] == "29.00 EUR"

    def test_a_refund_that_fails_later_comes_back_once(self, subscription):
        told(invoice())
        self.refunded(self.refund(), *[self.refund(state=RefundSeen.FAILED)] * 2)
        assert held()["gateway:stripe"] == "29.00 EUR"
        assert SubscriptionInvoice.objects.get().refunded == eur("0")

    def test_a_lost_dispute_is_a_loss_and_its_fee_too(self, subscription):
        told(invoice())
        seen = replace(self.dispute("29.00"), fee=eur("15.00"))
        lost = replace(seen, state=DisputeSeen.LOST)
        for one in (seen, lost, lost):
            assert invoice_money.take_back(gateway="stripe", seen=one, source="test")
        assert held() == {
            "gateway:stripe": "-15.00 EUR",
            "disputes:stripe": "0.00 EUR",
            "dispute_losses": "29.00 EUR",
            "dispute_fees:stripe": "15.00 EUR",
            "revenue:subscriptions": "-29.00 EUR",
        }

    def test_a_dispute_that_was_lost_and_then_won_is_no_loss_any_more(self, subscription):
        told(invoice())
        seen = self.dispute("29.00")
        lost = replace(seen, state=DisputeSeen.LOST)
        won = replace(self.dispute("0"), state=DisputeSeen.WON)
        for one in (seen, lost, won, won):
            invoice_money.disputed(gateway="stripe", seen=one, source="test")
        assert held() == {
            "gateway:stripe": "29.00 EUR",
            "disputes:stripe": "0.00 EUR",
            "dispute_losses": "0.00 EUR",
            "revenue:subscriptions": "-29.00 EUR",
        }

    def test_money_that_is_no_invoices_is_left_to_others(self, subscription):
        seen = replace(self.refund(), payment_ref="pi_else")
        assert not invoice_money.take_back(gateway="stripe", seen=seen, source="test")

    def test_a_dispute_takes_and_may_give_back(self, subscription):
        told(invoice())
        for withdrawn in ("29.00", "29.00"):
            invoice_money.disputed(gateway="stripe", seen=self.dispute(withdrawn), source="test")
        assert held()["gateway:stripe"] == "0.00 EUR"
        invoice_money.disputed(gateway="stripe", seen=self.dispute("0"), source="test")
        assert held()["gateway:stripe"] == "29.00 EUR"
        assert LedgerTransaction.objects.filter(kind="invoice_dispute").count() == 2
        assert trial_balance() == {"EUR": 0}

    def test_what_is_taken_given_back_and_taken_again_is_booked_each_time(self, subscription):
        told(invoice())
        for withdrawn in ("29.00", "0", "29.00", "29.00"):
            invoice_money.disputed(gateway="stripe", seen=self.dispute(withdrawn), source="test")
        assert held()["gateway:stripe"] == "0.00 EUR"
        assert SubscriptionInvoice.objects.get().disputed_minor == 2900

    def test_two_disputes_of_one_invoice_are_each_their_own(self, subscription):
        told(invoice())
        second = replace(self.dispute("9.00"), dispute_ref="dp_2")
        for seen in (self.dispute("20.00"), second, self.dispute("20.00"), second):
            invoice_money.disputed(gateway="stripe", seen=seen, source="test")
        assert (held()["gateway:stripe"], held()["disputes:stripe"]) == ("0.00 EUR", "29.00 EUR")
        assert SubscriptionInvoice.objects.get().disputed_minor == 2900
