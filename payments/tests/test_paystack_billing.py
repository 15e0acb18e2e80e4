"""Subscriptions at Paystack, from the first payment to the end, over the rehearsal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.enums import Tier
from accounts.models import User
from core.errors import UpstreamUnavailable
from core.money import Money
from payments.billing_enums import Interval, PlanState
from payments.gateways.billing import Ability, InvoiceSeen, PriceOffer, SubscriptionSeen
from payments.gateways.interface import GatewayError, NotAtGateway, NotOurs
from payments.gateways.paystack import billing_reading as reading
from payments.gateways.paystack.billing import PaystackBilling
from payments.gateways.paystack.words import subscription_page
from payments.gateways.reading import Unreadable
from payments.gateways.registry import billing_gateway
from payments.models import (
    CheckoutSession,
    GatewayPrice,
    LedgerTransaction,
    Subscription,
    SubscriptionInvoice,
)
from payments.services.billing.checkout_sessions import open_session, submit_session
from payments.services.billing.plans import choose_price, ensure_plan, set_price, sync_prices
from payments.services.billing.steps import cancel, live_subscription, portal, resume
from payments.services.books.balances import balances, trial_balance
from payments.tests.lives import a_user
from payments.tests.paystack_house import PaystackHouse, naira, told

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Subscriber:
    """Somebody who subscribes at Paystack."""

    def __init__(self, paystack: PaystackHouse, user: User) -> None:
        self.paystack = paystack
        self.user = user

    def opens(self) -> str:
        """A page to subscribe on; what it is called at Paystack."""
        row = open_session(
            user_id=self.user.pk,
            offer=choose_price(plan="pro", gateway="paystack"),
            success_url="http://127.0.0.1:8000/thanks",
            cancel_url="http://127.0.0.1:8000/plans",
        )
        row = submit_session(session_id=row.pk)
        assert row.url.startswith(self.paystack.running.base_url)
        return str(row.gateway_ref)

    def subscribes(self) -> dict[str, Any]:
        """Page, payment, news; the subscription as Paystack shows it."""
        page = self.opens()
        paid = self.paystack.there.paystack(page)
        self.paystack.hear("charge.success", paid)
        return self.there()

    def there(self) -> dict[str, Any]:
        """The subscription at Paystack."""
        (row,) = self.paystack.api("/subscription")
        shown: dict[str, Any] = self.paystack.api(f"/subscription/{row['subscription_code']}")
        return shown

    def does(self, act: str, event: str = "subscription.create") -> None:
        """Something happens at Paystack, and some event makes us look."""
        shown = self.paystack.there.paystack_subscription(self.there()["subscription_code"], act)
        self.paystack.hear(event, shown)

    @property
    def here(self) -> Subscription:
        return Subscription.objects.get(user=self.user)


@pytest.fixture
def subscriber(paystack: PaystackHouse) -> Subscriber:
    plan = ensure_plan(code="pro", tier=Tier.PRO, name="Pro", state=PlanState.ACTIVE, grace_days=7)
    set_price(plan=plan, interval=Interval.MONTH, amount=naira("9000.00"))
    done = sync_prices(gateways=["paystack"])
    assert (done.made, done.refused) == (1, [])
    return Subscriber(paystack, a_user())


@pytest.fixture
def there(paystack: PaystackHouse) -> PaystackBilling:
    found = billing_gateway("paystack")
    assert isinstance(found, PaystackBilling)
    return found


def test_the_first_payment_begins_a_subscription_and_is_booked_once(
    subscriber: Subscriber,
) -> None:
    shown = subscriber.subscribes()
    subscriber.paystack.hear("subscription.create", shown)
    row = subscriber.here
    assert (row.state, row.tier, row.grants) == ("active", Tier.PRO, True)
    assert row.gateway_ref == shown["subscription_code"]
    assert row.period_end == reading.moment(shown["next_payment_date"])
    invoice = SubscriptionInvoice.objects.get()
    assert (invoice.state, invoice.paid) == ("paid", naira("9000.00"))
    fee = Money(13_500 + 10_000, "NGN")
    assert {one.code: one.amount for one in balances()} == {
        "gateway:paystack": naira("9000.00") - fee,
        "fees:paystack": fee,
        "revenue:subscriptions": -naira("9000.00"),
    }
    totals = subscriber.paystack.there.paystack_book()["totals"]["NGN"]
    assert totals["net"] == (naira("9000.00") - fee).minor


def test_the_charge_may_be_told_before_there_is_a_subscription(
    subscriber: Subscriber, there: PaystackBilling
) -> None:
    page = subscriber.opens()
    unpaid = told("charge.success", {"reference": page})
    with pytest.raises(GatewayError, match="does not show yet") as early:
        there.interpret_billing(kind="charge.success", body=unpaid)
    assert early.value.retryable


def test_what_goes_back_of_a_subscription_is_booked(subscriber: Subscriber) -> None:
    subscriber.subscribes()
    house = subscriber.paystack
    invoice = SubscriptionInvoice.objects.get()
    page = {"transaction_reference": invoice.gateway_ref}
    made = billing_gateway("paystack").client.post(
        "/refund", {"transaction": invoice.payment_ref, "amount": 100_000}
    )
    house.there.paystack_refund(made["id"], "processed")
    for status in ("pending", "processed", "processed"):
        house.hear(f"refund.{status}", page | {"status": status})
    invoice.refresh_from_db()
    assert invoice.refunded == naira("1000.00")
    held = {one.code: one.amount.minor for one in balances()}
    assert held["gateway:paystack"] == house.there.paystack_book()["totals"]["NGN"]["net"]


def test_a_renewal_is_one_invoice_however_it_is_told(subscriber: Subscriber) -> None:
    subscriber.subscribes()
    first_end = subscriber.here.period_end
    assert first_end is not None
    house = subscriber.paystack
    code = subscriber.here.gateway_ref
    house.there.send_webhooks_to("http://127.0.0.1:9/", face="paystack")
    house.there.paystack_subscription(code, "renew")
    sent = house.there.deliveries(face="paystack", body="1")
    house.there.send_webhooks_to("", face="paystack")
    assert [one["type"] for one in sent] == ["invoice.create", "charge.success", "invoice.update"]
    for one in [*reversed(sent), *sent]:
        assert house.post(one["body"].encode()).status_code == 200
        house.work()
    assert subscriber.here.period_end == first_end + 30 * DAY
    renewal = SubscriptionInvoice.objects.get(reason="subscription_cycle")
    assert (renewal.state, renewal.paid) == ("paid", naira("9000.00"))
    assert renewal.period_start == first_end
    assert LedgerTransaction.objects.filter(kind="invoice_payment").count() == 2
    assert trial_balance() == {"NGN": 0}
    totals = house.there.paystack_book()["totals"]["NGN"]
    held = {one.code: one.amount.minor for one in balances()}
    assert held["gateway:paystack"] == totals["net"]


def test_a_renewal_that_fails_is_past_due_and_comes_back(subscriber: Subscriber) -> None:
    subscriber.subscribes()
    house, code = subscriber.paystack, subscriber.here.gateway_ref
    house.there.send_webhooks_to("http://127.0.0.1:9/", face="paystack")
    house.there.paystack_subscription(code, "fail")
    (failed,) = house.there.deliveries(face="paystack", type="invoice.payment_failed", body="1")
    house.there.send_webhooks_to("", face="paystack")
    house.post(failed["body"].encode())
    house.work()
    row = subscriber.here
    assert (row.state, row.grants) == ("past_due", True)  # there is grace
    invoice = SubscriptionInvoice.objects.get(reason="subscription_cycle")
    assert (invoice.state, invoice.failed) == ("open", True)
    subscriber.does("renew")
    assert subscriber.here.state == "active"
    house.post(failed["body"].encode() + b" ")
    house.work()
    invoice.refresh_from_db()
    assert (subscriber.here.state, invoice.state) == ("active", "paid")


def test_cancelled_at_the_end_it_lasts_until_then_and_can_be_taken_back(
    subscriber: Subscriber,
) -> None:
    subscriber.subscribes()
    before = subscriber.here.period_end
    row = cancel(subscription=live_subscription(subscriber.user.pk), at_period_end=True, source="t")
    assert subscriber.there()["status"] == "non-renewing"
    assert (row.state, row.cancel_at_period_end, row.grants) == ("active", True, True)
    assert before is not None
    assert row.period_end is not None
    assert abs(row.period_end - before) < 3 * DAY  # 30 days there, a month here
    row = resume(subscription=row, source="t")
    assert (subscriber.there()["status"], row.cancel_at_period_end) == ("active", False)


def test_cancelled_now_it_is_over_and_never_charged_again(subscriber: Subscriber) -> None:
    subscriber.subscribes()
    row = live_subscription(subscriber.user.pk)
    cancel(subscription=row, at_period_end=False, source="t")
    assert (subscriber.here.state, subscriber.here.grants) == ("cancelled", False)
    shown = subscriber.there()
    assert (shown["status"], shown["next_payment_date"]) == ("non-renewing", None)
    subscriber.paystack.hear("subscription.not_renew", shown)
    assert subscriber.here.state == "cancelled"


def test_the_end_is_heard(subscriber: Subscriber) -> None:
    subscriber.subscribes()
    cancel(subscription=live_subscription(subscriber.user.pk), at_period_end=True, source="t")
    subscriber.does("end", "subscription.disable")
    assert (subscriber.here.state, subscriber.here.grants) == ("cancelled", False)


def test_cards_and_links(subscriber: Subscriber, there: PaystackBilling) -> None:
    subscriber.subscribes()
    page = portal(user_id=subscriber.user.pk, return_url="http://127.0.0.1:8000/")
    assert page.url.startswith(f"{subscriber.paystack.running.base_url}/paystack/manage/")
    assert subscriber.paystack.there.http.get(page.url).status_code == 200
    data = [{"expiry_date": "12/2026", "subscription": {"subscription_code": "SUB_1"}}]
    with pytest.raises(NotOurs, match="cards"):
        there.interpret_billing(
            kind="subscription.expiring_cards", body=told("subscription.expiring_cards", data)
        )


def test_a_lost_page_is_followed_by_another(subscriber: Subscriber) -> None:
    house = subscriber.paystack
    house.there.add_fault("lost_answer", face="paystack", method="POST",
                          path="/transaction/*", times=1)  # fmt: skip
    with pytest.raises(UpstreamUnavailable, match="Nothing was lost"):
        subscriber.opens()
    row = CheckoutSession.objects.get(user=subscriber.user)
    assert str(submit_session(session_id=row.pk).gateway_ref).endswith(".1")
    assert house.requests("POST", "/transaction/initialize") == 3


def test_a_lost_page_that_was_paid_is_not_followed_by_another(subscriber: Subscriber) -> None:
    there = subscriber.paystack.there
    there.add_fault("lost_answer", face="paystack", method="POST", path="/transaction/*", times=1)
    with pytest.raises(UpstreamUnavailable):
        subscriber.opens()
    row = CheckoutSession.objects.get(user=subscriber.user)
    there.paystack(subscription_page(row.idempotency_key, 0))
    assert submit_session(session_id=row.pk).url == row.success_url


def test_a_price_is_one_plan(subscriber: Subscriber, there: PaystackBilling) -> None:
    (plan,) = subscriber.paystack.api("/plan")
    known = GatewayPrice.objects.get(gateway="paystack")
    again = PriceOffer(
        price_id=known.price_id, plan_code="pro", plan_name="Pro", amount=naira("9000.00"),
        months=1, idempotency_key="k",
    )  # fmt: skip
    assert there.ensure_price(again) == plan["plan_code"] == known.ref
    with pytest.raises(GatewayError, match="no period of 5 months"):
        there.ensure_price(replace(again, months=5))


def test_a_customer_is_one_address(subscriber: Subscriber, there: PaystackBilling) -> None:
    user = subscriber.user
    made = [
        there.ensure_customer(
            user_id=user.pk, email=user.email, name="Amina Bello", idempotency_key=key
        )
        for key in ("a", "b")
    ]
    assert made[0] == made[1]
    assert made[0].customer_ref.startswith("CUS_")


def test_what_paystack_cannot_do_is_said(there: PaystackBilling) -> None:
    assert Ability.CHANGE not in there.CAN
    assert Ability.TRIAL not in there.CAN
    with pytest.raises(GatewayError, match="cannot change") as refusal:
        there.change_plan(subscription_ref="SUB_1", price_ref="PLN_1", idempotency_key="k")
    assert not refusal.value.retryable
    with pytest.raises(NotAtGateway):
        there.fetch_subscription("SUB_never")
    with pytest.raises(GatewayError, match="by itself"):
        there.fetch_invoice("INV_1")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("charge.success", {"reference": "never"}),
        ("charge.success", {}),
        ("subscription.create", {"subscription_code": "SUB_never"}),
        ("subscription.disable", {}),
        ("invoice.update", {"invoice_code": "INV_1"}),
        ("invoice.update", {"invoice_code": "INV_1", "subscription": {"subscription_code": "S"}}),
        ("invoice.create", []),
    ],
)
def test_what_names_nothing_we_know_is_not_ours(
    there: PaystackBilling, kind: str, data: Any
) -> None:
    with pytest.raises(NotOurs):
        there.interpret_billing(kind=kind, body=told(kind, data))


def test_a_payment_without_a_plan_is_nothing_to_billing(
    paystack: PaystackHouse, there: PaystackBilling
) -> None:
    page = paystack.page_of(paystack.paid())
    with pytest.raises(NotOurs, match="no plan"):
        there.interpret_billing(
            kind="charge.success", body=told("charge.success", {"reference": page})
        )


def test_shapes_of_subscriptions_that_paystack_is_known_to_use(
    subscriber: Subscriber, there: PaystackBilling
) -> None:
    raw = subscriber.subscribes()
    at = datetime.now(UTC)

    def read(**changes: Any) -> Any:
        return reading.subscription(raw | changes, as_of=at)

    for status, ours in reading.STATES.items():
        assert read(status=status).state is ours
    assert read(status="attention").state is SubscriptionSeen.PAST_DUE
    assert read(status="complete").ended_at == at
    january = {"createdAt": "2026-01-31T10:00:00.000Z", "next_payment_date": None}
    assert read(**january).period_end == datetime(2026, 2, 28, 10, tzinfo=UTC)
    paid = {"paid": True, "period_start": "2026-03-01T00:00:00Z"}
    backwards = paid | {"period_end": "2026-02-28T23:59:59Z"}
    assert read(most_recent_invoice=backwards, next_payment_date=None).period_end is None
    for broken in ({"status": "asleep"}, {"customer": None}, {"plan": {}}, {"domain": "?"}):
        with pytest.raises(Unreadable):
            read(**broken)
    seen = read()
    body = {"invoice_code": "INV_1", "amount": 900_000, "status": "pending", "paid": False}
    failed = reading.invoice(body, of=seen, currency="NGN", paid_by=None, as_of=at, failed=True)
    assert (failed.state, failed.failed, failed.attempts) == (InvoiceSeen.OPEN, True, 1)
    assert failed.due == naira("9000.00")
    with pytest.raises(Unreadable):
        reading.invoice(body, of=seen, currency="", paid_by=None, as_of=at)
