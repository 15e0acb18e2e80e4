"""The billing adapter against the rehearsal: what it asks for is what Stripe would do."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.money import Money
from payments.gateways.billing import (
    GatewayInvoice,
    GatewaySubscription,
    InvoiceSeen,
    PriceOffer,
    SubscriptionSeen,
    SubscriptionStart,
)
from payments.gateways.interface import GatewayError
from payments.gateways.stripe.billing import StripeBilling
from payments.tests.stripe_side import StripeSide

PRO, EXPERT = Money(2900, "EUR"), Money(9900, "EUR")


class Subscriber:
    """Somebody of ours, and Stripe."""

    def __init__(self, side: StripeSide, *, user_id: UUID | None = None) -> None:
        self.side = side
        self.billing = StripeBilling.from_settings()
        self.user_id = user_id or uuid4()
        self.customer_ref = self.billing.ensure_customer(
            user_id=self.user_id, email="amina@example.com", name="Amina",
            idempotency_key=f"customer:{self.user_id}",
        ).customer_ref  # fmt: skip

    def price(self, amount: Money, *, code: str = "pro", months: int = 1) -> str:
        row = uuid4()
        return self.billing.ensure_price(
            PriceOffer(
                price_id=row, plan_code=code, plan_name=code.title(), amount=amount, months=months,
                idempotency_key=f"price:{row}",
            )
        )  # fmt: skip

    def subscribed(self, *, trial_days: int = 0) -> str:
        page = self.billing.start_subscription(
            SubscriptionStart(
                user_id=self.user_id, email="amina@example.com", customer_ref=self.customer_ref,
                price_ref=self.price(PRO), amount=PRO, trial_days=trial_days,
                idempotency_key=f"start:{uuid4()}", success_url="http://shop.test/",
                cancel_url="http://shop.test/",
            )
        )  # fmt: skip
        return str(self.side.stripe.pay(page.ref)["subscription"])

    def stands(self, ref: str) -> GatewaySubscription:
        return self.billing.fetch_subscription(ref)

    def last_invoice(self, ref: str) -> GatewayInvoice:
        (newest, *_) = self.side.api("GET", f"invoices?subscription={ref}")["data"]
        return self.billing.fetch_invoice(newest["id"])

    def hears(self, kind: str) -> list[Any]:
        event = self.side.told(kind)[-1]
        return self.billing.interpret_billing(kind=kind, body=json.dumps(event).encode())


@pytest.fixture
def subscriber(stripe_keys) -> Subscriber:
    return Subscriber(StripeSide(stripe_keys.client))


def test_subscribing_is_paid_with_a_fee_and_known_as_ours(subscriber: Subscriber) -> None:
    ref = subscriber.subscribed()
    seen, invoice = subscriber.stands(ref), subscriber.last_invoice(ref)
    assert (seen.state, seen.user_id) == (SubscriptionSeen.ACTIVE, subscriber.user_id)
    assert (invoice.state, invoice.paid, invoice.fee) == (
        InvoiceSeen.PAID, PRO, Money(114, "EUR"),
    )  # fmt: skip
    assert (invoice.period_start, invoice.period_end) == (seen.period_start, seen.period_end)
    assert invoice.payment_ref.startswith("pi_")


def test_a_price_is_made_once(subscriber: Subscriber) -> None:
    row = uuid4()
    offer = PriceOffer(
        price_id=row, plan_code="pro", plan_name="Pro", amount=PRO, months=1,
        idempotency_key=f"price:{row}",
    )  # fmt: skip
    assert subscriber.billing.ensure_price(offer) == subscriber.billing.ensure_price(offer)
    assert len(subscriber.side.api("GET", "products")["data"]) == 1


def test_a_trial_is_free_until_it_ends(subscriber: Subscriber) -> None:
    ref = subscriber.subscribed(trial_days=14)
    seen = subscriber.stands(ref)
    assert (seen.state, seen.trial_end) == (SubscriptionSeen.TRIALING, seen.period_end)
    free = subscriber.last_invoice(ref)
    assert (free.paid, free.payment_ref, free.fee) == (Money(0, "EUR"), "", None)
    subscriber.side.stripe.advance_subscription(ref)
    assert subscriber.stands(ref).state is SubscriptionSeen.ACTIVE
    assert subscriber.last_invoice(ref).paid == PRO


def test_another_plan_costs_the_difference_at_once(subscriber: Subscriber) -> None:
    ref = subscriber.subscribed()
    dear = subscriber.price(EXPERT, code="expert")
    changed = subscriber.billing.change_plan(
        subscription_ref=ref, price_ref=dear, idempotency_key="change-1"
    )
    assert changed.price_ref == dear
    invoice = subscriber.last_invoice(ref)
    assert invoice.reason == "subscription_update"
    assert 6990 <= invoice.paid.minor <= 7000


def test_a_plan_that_cannot_be_paid_is_not_changed_to(subscriber: Subscriber) -> None:
    ref = subscriber.subscribed()
    before = subscriber.stands(ref).price_ref
    subscriber.side.stripe.card_works(subscriber.customer_ref, False)
    with pytest.raises(GatewayError, match="declined") as refused:
        subscriber.billing.change_plan(
            subscription_ref=ref, price_ref=subscriber.price(EXPERT), idempotency_key="change-2"
        )
    assert not refused.value.retryable
    assert subscriber.stands(ref).price_ref == before


def test_cancelling_later_can_be_taken_back_and_now_cannot(subscriber: Subscriber) -> None:
    ref, there = subscriber.subscribed(), subscriber.billing
    later = there.cancel(subscription_ref=ref, at_period_end=True, idempotency_key="c-1")
    assert (later.state, later.cancel_at_period_end) == (SubscriptionSeen.ACTIVE, True)
    assert not there.resume(subscription_ref=ref, idempotency_key="r-1").cancel_at_period_end
    for key in ("c-2", "c-3"):  # a second time shows that it has ended
        ended = there.cancel(subscription_ref=ref, at_period_end=False, idempotency_key=key)
        assert ended.state is SubscriptionSeen.CANCELLED
        assert ended.ended_at is not None


def test_a_renewal_that_fails_says_when_it_is_tried_again(subscriber: Subscriber) -> None:
    ref = subscriber.subscribed()
    subscriber.side.stripe.fail_subscription(ref)
    assert subscriber.stands(ref).state is SubscriptionSeen.PAST_DUE
    failed = [one for one in subscriber.hears("invoice.payment_failed") if
              isinstance(one, GatewayInvoice)][-1]  # fmt: skip
    assert (failed.state, failed.failed, failed.attempts) == (InvoiceSeen.OPEN, True, 1)
    assert failed.next_attempt_at is not None
    subscriber.side.stripe.recover_subscription(ref)
    assert subscriber.stands(ref).state is SubscriptionSeen.ACTIVE
    assert (subscriber.last_invoice(ref).paid, subscriber.last_invoice(ref).attempts) == (PRO, 2)


def test_what_was_never_paid_for_is_over(subscriber: Subscriber) -> None:
    ref = subscriber.subscribed()
    subscriber.side.stripe.fail_subscription(ref, last=True)
    seen = subscriber.stands(ref)
    assert (seen.state, seen.reason) == (SubscriptionSeen.CANCELLED, "payment_failed")
    assert subscriber.last_invoice(ref).state is InvoiceSeen.OPEN


def test_the_portal_leads_back_to_us(subscriber: Subscriber) -> None:
    ref = subscriber.subscribed()
    page = subscriber.billing.portal(
        customer_ref=subscriber.customer_ref, subscription_ref=ref, return_url="http://shop.test/me"
    )
    assert "http://shop.test/me" in subscriber.side.stripe.http.get(page.url).text
