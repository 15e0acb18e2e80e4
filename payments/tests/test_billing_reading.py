"""Stripe's subscriptions and invoices in our words: what moved, and what is strange."""

import copy
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from core.money import Money
from payments.gateways.billing import InvoiceSeen, SubscriptionSeen
from payments.gateways.interface import NotOurs
from payments.gateways.reading import Unreadable
from payments.gateways.stripe import billing_reading as reading
from payments.gateways.stripe.billing_interpret import interpret

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
BEGIN, END = 1_795_000_000, 1_797_592_000
USER = uuid4()
SUBSCRIPTION = {
    "id": "sub_1", "object": "subscription", "customer": "cus_1", "status": "active",
    "livemode": False, "cancel_at_period_end": False, "cancel_at": None, "canceled_at": None,
    "ended_at": None, "trial_end": None, "metadata": {"tradewind_user": str(USER)},
    "items": {"data": [{"id": "si_1", "price": {"id": "price_1"},
                        "current_period_start": BEGIN, "current_period_end": END}]},
}  # fmt: skip
INVOICE = {
    "id": "in_1", "object": "invoice", "customer": "cus_1", "status": "paid", "livemode": False,
    "currency": "eur", "amount_due": 2900, "amount_paid": 2900, "attempt_count": 1,
    "next_payment_attempt": None, "billing_reason": "subscription_cycle", "number": "A-1",
    "period_start": 1, "period_end": 2, "hosted_invoice_url": "https://stripe.example/i/1",
    "parent": {"type": "subscription_details", "subscription_details": {"subscription": "sub_1"}},
    "lines": {"data": [{"period": {"start": BEGIN, "end": END}}]},
    "payments": {"data": [
        {"status": "canceled", "payment": {"type": "payment_intent", "payment_intent": "pi_0"}},
        {"status": "paid", "payment": {"type": "payment_intent", "payment_intent": "pi_1"}},
    ]},
}  # fmt: skip


def changed(raw, **changes):
    return copy.deepcopy(raw) | changes


def seen(**changes):
    return reading.subscription(changed(SUBSCRIPTION, **changes), as_of=AT)


def test_the_period_is_the_items():
    found = seen()
    assert (found.period_start, found.period_end) == (
        datetime.fromtimestamp(BEGIN, UTC),
        datetime.fromtimestamp(END, UTC),
    )
    assert (found.price_ref, found.user_id, found.as_of) == ("price_1", USER, AT)


def test_before_basil_the_period_was_the_subscriptions():
    item = {"id": "si_1", "price": "price_1"}
    old = seen(items={"data": [item]}, current_period_start=BEGIN, current_period_end=END)
    assert (old.period_end, old.price_ref) == (datetime.fromtimestamp(END, UTC), "price_1")


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("incomplete_expired", SubscriptionSeen.EXPIRED),
        ("canceled", SubscriptionSeen.CANCELLED),
        ("past_due", SubscriptionSeen.PAST_DUE),
        ("trialing", SubscriptionSeen.TRIALING),
    ],
)
def test_states_have_our_words(status, state):
    assert seen(status=status).state is state


def test_an_end_on_the_last_day_of_the_period_is_an_end_with_the_period():
    assert seen(cancel_at=END).cancel_at_period_end
    assert not seen(cancel_at=END + 86_400).cancel_at_period_end


@pytest.mark.parametrize(
    "wrong",
    [{"status": "frozen"}, {"items": {"data": []}}, {"livemode": "no"}, {"id": ""},
     {"trial_end": "soon"}, {"id": "sub\x00"}],
)  # fmt: skip
def test_what_cannot_be_read_says_so(wrong):
    with pytest.raises(Unreadable):
        seen(**wrong)


def test_an_invoice_names_its_subscription_its_money_and_what_it_paid_for():
    found = reading.invoice(INVOICE, as_of=AT)
    assert found.state is InvoiceSeen.PAID
    assert (found.subscription_ref, found.payment_ref) == ("sub_1", "pi_1")
    assert found.paid == Money(2900, "EUR")
    assert found.period_end == datetime.fromtimestamp(END, UTC), "the line's, not the invoice's"
    assert not found.failed


def test_an_open_invoice_that_was_tried_has_failed():
    unpaid = changed(INVOICE, status="open", amount_paid=0, next_payment_attempt=END)
    assert reading.invoice(unpaid, as_of=AT).failed
    assert not reading.invoice(changed(unpaid, attempt_count=0), as_of=AT).failed


def test_yen_have_no_hundredths():
    yen = changed(INVOICE, currency="jpy")
    assert reading.invoice(yen, as_of=AT).paid == Money(2900, "JPY")


class Stripe:
    """What Stripe shows now."""

    def __init__(self):
        self.asked = []

    def fetch_subscription(self, ref):
        self.asked.append(ref)
        return seen(status="past_due")

    def fetch_invoice(self, ref):
        self.asked.append(ref)
        return reading.invoice(INVOICE, as_of=AT)


def event(about, kind, **envelope):
    body = {"object": "event", "type": kind, "created": BEGIN, "data": {"object": about}}
    return json.dumps(body | envelope).encode()


def told(kind, about, **envelope):
    there = Stripe()
    return interpret(there, kind=kind, body=event(about, kind, **envelope)), there.asked


def test_an_update_is_told_with_its_time_and_asked_about():
    kind = "customer.subscription.updated"
    (body, now), asked = told(kind, SUBSCRIPTION)
    assert (body.as_of, body.state) == (datetime.fromtimestamp(BEGIN, UTC), "active")
    assert (now.state, asked) == ("past_due", ["sub_1"])


def test_the_end_is_final_and_not_asked_about():
    kind = "customer.subscription.deleted"
    (end,), asked = told(kind, changed(SUBSCRIPTION, status="canceled", ended_at=END))
    assert (end.state, asked) == ("cancelled", [])


def test_a_thin_event_is_asked_about():
    body = json.dumps({"object": "v2.core.event", "related_object": {"id": "sub_1"}}).encode()
    there = Stripe()
    (now,) = interpret(there, kind="customer.subscription.deleted", body=body)
    assert (now.state, there.asked) == ("past_due", ["sub_1"])


def test_an_invoices_news_brings_its_subscription_first():
    failed = changed(INVOICE, status="open", amount_paid=0)
    news, asked = told("invoice.payment_failed", failed)
    assert [type(one).__name__ for one in news] == [
        "GatewaySubscription", "GatewayInvoice", "GatewayInvoice",
    ]  # fmt: skip
    assert (news[1].failed, news[2].failed) == (True, False)
    assert asked == ["in_1", "sub_1"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"object": "event"}', b"\xff"])
def test_rubbish_is_not_ours(body):
    with pytest.raises(NotOurs):
        interpret(Stripe(), kind="customer.subscription.updated", body=body)
