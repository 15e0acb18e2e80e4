"""Subscriptions end to end: our doors, Stripe's other self, webhooks, workers."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from accounts.enums import Tier
from accounts.services.login import begin_login
from core.models import Delivery
from core.money import Money
from notifications.models import Notification
from payments.billing_enums import Interval, SubscriptionState
from payments.demo.plans import make_plans
from payments.models import GatewayPrice, Plan, Subscription, SubscriptionInvoice
from payments.services.billing import dunning
from payments.services.billing.plans import ensure_plan, set_price, sync_prices
from payments.services.books.balances import balances
from payments.tests.house import House
from payments.tests.lives import a_user

pytestmark = pytest.mark.django_db


class Subscriber:
    """Somebody with a login, and what they do at our doors."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.user = a_user(full_name="Amina", language="en")
        self.headers = {"Authorization": f"Bearer {begin_login(user=self.user).access}"}

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self.house.http.generic(
            method,
            f"/api/v1/billing/{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers=self.headers | headers,
        )

    def ask(self, plan: str = "pro", key: str = "", **more: str) -> Any:
        key = key or uuid4().hex
        return self.call("POST", "checkout-session/", {"plan": plan, **more}, **{
            "Idempotency-Key": key
        })  # fmt: skip

    def subscribe(self, plan: str = "pro", **more: str) -> Subscription:
        answer = self.ask(plan, **more)
        assert answer.status_code == 201, answer.content
        page = answer.json()["data"]["url"].rstrip("/").split("/")[-1]
        self.house.stripe.pay(page)
        self.told()
        return self.row()

    def told(self) -> None:
        self.house.deliver()
        self.house.work()

    def row(self) -> Subscription:
        return Subscription.objects.get(user=self.user, surplus=False)

    def mine(self) -> dict[str, Any]:
        answer = self.call("GET", "subscription/")
        assert answer.status_code == 200, answer.content
        return answer.json()["data"]

    def step(self, **body: str) -> Any:
        return self.call("PATCH", "subscription/", body)

    def tier(self) -> str:
        self.user.refresh_from_db()
        return self.user.tier


@pytest.fixture
def plans(house: House) -> None:
    """Two plans without a trial and one with, known at Stripe."""
    for tier, amount, trial in (
        (Tier.STARTER, "9.00", 0), (Tier.PRO, "29.00", 0), (Tier.EXPERT, "99.00", 14),
    ):  # fmt: skip
        plan = ensure_plan(
            code=tier.value, tier=tier, name=tier.label, state="active", trial_days=trial
        )
        set_price(plan=plan, interval=Interval.MONTH, amount=Money.parse(amount, "EUR"))
    done = sync_prices(gateways=["stripe"])
    assert (done.made, done.refused) == (3, [])


@pytest.fixture
def amina(house: House, plans: None) -> Subscriber:
    return Subscriber(house)


def held() -> dict[str, str]:
    return {one.code: str(one.amount) for one in balances()}


def test_prices_are_made_known_once(house: House, plans: None) -> None:
    assert sync_prices(gateways=["stripe"]).known == 3
    refs = dict(GatewayPrice.objects.values_list("price_id", "ref"))
    assert len(set(refs.values())) == 3
    shown = house.http.get("/api/v1/billing/plans/").json()["data"]
    assert [plan["code"] for plan in shown] == ["starter", "pro", "expert"]
    assert shown[1]["prices"] == [
        {
            "interval": "month",
            "amount": {"amount": "29.00", "currency": "EUR"},
            "gateways": ["stripe"],
        }
    ]


def test_the_demos_plans_can_be_subscribed_to(house: House) -> None:
    make_plans()
    assert [plan.code for plan in make_plans()] == sorted(Tier.values)
    done = sync_prices(gateways=["stripe"])
    assert (done.made, done.refused) == (32, [])


def test_a_new_price_is_offered_and_sold_before_any_job_has_run(house: House) -> None:
    plan = ensure_plan(code="pro", tier=Tier.PRO, name="Pro", state="active")
    set_price(plan=plan, interval=Interval.MONTH, amount=Money.parse("29.00", "EUR"))
    (shown,) = house.http.get("/api/v1/billing/plans/").json()["data"]
    assert [price["gateways"] for price in shown["prices"]] == [["stripe"]]
    assert Subscriber(house).subscribe("pro").tier == "pro"


def test_from_the_page_to_the_tier_and_the_books(amina: Subscriber) -> None:
    assert amina.mine()["entitlement"]["reason"] == "There is no subscription."
    row = amina.subscribe("pro")
    assert (row.state, row.tier, amina.tier()) == (SubscriptionState.ACTIVE, "pro", "pro")
    mine = amina.mine()
    assert mine["subscription"]["plan"] == "pro"
    assert mine["entitlement"]["allowed"]
    invoice = SubscriptionInvoice.objects.get()
    assert (invoice.state, str(invoice.paid)) == ("paid", "29.00 EUR")
    assert invoice.fee_minor
    books = held()
    assert books["revenue:subscriptions"] == "-29.00 EUR"
    gateway = amina.house.stripe.stripe_book()["totals"]
    assert gateway, "the gateway's own book is there to compare with"
    assert Money.parse(books["gateway:stripe"].split()[0], "EUR").minor == 2900 - invoice.fee_minor


def test_every_event_out_of_order_and_twice_changes_nothing(amina: Subscriber) -> None:
    """A life at Stripe, told backwards and shuffled to another house: the same end."""
    row = amina.subscribe("pro")
    stripe = amina.house.stripe
    stripe.renew_subscription(row.gateway_ref)
    stripe.fail_subscription(row.gateway_ref)
    stripe.recover_subscription(row.gateway_ref)
    events = [json.dumps(event).encode() for event in amina.house.events()]
    chance = random.Random(20)  # noqa: S311 - the same order each time
    for _ in range(3):
        chance.shuffle(events)
        for body in events[: len(events) // 2]:
            amina.house.post(body)
        amina.house.work()
        for body in events:
            amina.house.post(body)
        amina.house.work()
    row = amina.row()
    assert (row.state, amina.tier()) == (SubscriptionState.ACTIVE, "pro")
    paid = SubscriptionInvoice.objects.filter(state="paid")
    assert paid.count() == 3
    assert held()["revenue:subscriptions"] == "-87.00 EUR"


def test_money_that_goes_back_at_stripe_leaves_the_books_too(amina: Subscriber) -> None:
    amina.subscribe("pro")
    invoice = SubscriptionInvoice.objects.get()
    answer = amina.house.stripe.http.post(
        "/stripe/v1/refunds",
        data={"payment_intent": invoice.payment_ref, "amount": 1000},
        auth=("sk_test_x", ""),
    )
    assert answer.status_code == 200, answer.text
    amina.told()
    invoice.refresh_from_db()
    assert str(invoice.refunded) == "10.00 EUR"
    assert held()["revenue:subscriptions"] == "-19.00 EUR"


def test_a_trial_becomes_a_subscription(amina: Subscriber) -> None:
    row = amina.subscribe("expert")
    assert (row.state, amina.tier()) == (SubscriptionState.TRIALING, "expert")
    assert "revenue:subscriptions" not in held()
    amina.house.stripe.end_trial(row.gateway_ref)
    amina.told()
    assert amina.row().state == SubscriptionState.ACTIVE
    assert held()["revenue:subscriptions"] == "-99.00 EUR"


def test_past_due_keeps_access_says_so_and_ends_it_when_grace_is_over(amina: Subscriber) -> None:
    row = amina.subscribe("pro")
    amina.house.stripe.fail_subscription(row.gateway_ref)
    amina.told()
    row = amina.row()
    assert (row.state, amina.tier()) == (SubscriptionState.PAST_DUE, "pro")
    assert "not paid yet" in amina.mine()["entitlement"]["reason"]
    mails = Notification.objects.filter(kind="subscription_payment_failed")
    assert mails.count() == 1
    assert mails.get().context["amount"] == {"amount": "29.00", "currency": "EUR"}
    assert dunning.end_access(now=row.grace_until - timedelta(seconds=1)) == 0
    assert dunning.end_access(now=row.grace_until) == 1
    assert amina.tier() == "free"
    amina.house.stripe.recover_subscription(row.gateway_ref)
    amina.told()
    assert (amina.row().state, amina.tier()) == (SubscriptionState.ACTIVE, "pro")


def test_an_upgrade_is_at_once_and_a_downgrade_waits_for_the_next_period(
    amina: Subscriber,
) -> None:
    amina.subscribe("starter")
    answer = amina.step(action="change", plan="pro")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["data"]["subscription"]["plan"], amina.tier()) == ("pro", "pro")
    answer = amina.step(action="change", plan="starter")
    shown = answer.json()["data"]["subscription"]
    assert (shown["plan"], shown["next_plan"], amina.tier()) == ("pro", "starter", "pro")
    row = amina.row()
    assert dunning.apply_wishes(now=datetime.now(UTC)) == 0
    assert dunning.apply_wishes(now=row.period_end - timedelta(minutes=5)) == 1
    assert (amina.row().price.plan.code, amina.tier()) == ("starter", "starter")
    assert amina.row().next_price is None


def test_cancel_at_the_end_resume_and_cancel_now(amina: Subscriber) -> None:
    amina.subscribe("pro")
    assert amina.step(action="cancel").json()["data"]["subscription"]["cancel_at_period_end"]
    assert amina.tier() == "pro"
    refused = amina.step(action="change", plan="starter")
    assert refused.status_code == 409
    resumed = amina.step(action="resume").json()["data"]["subscription"]
    assert not resumed["cancel_at_period_end"]
    ended = amina.step(action="cancel", at="now").json()["data"]
    assert ended["subscription"]["state"] == "cancelled"
    assert amina.tier() == "free"
    amina.told()
    assert Notification.objects.filter(kind="subscription_cancelled").count() == 1
    assert amina.step(action="resume").status_code == 404


def test_silence_is_asked_about(amina: Subscriber) -> None:
    """Stripe ended it and its webhook never came."""
    row = amina.subscribe("pro")
    amina.house.stripe.cancel_subscription(row.gateway_ref)
    assert amina.tier() == "pro"
    assert dunning.ask_about_silent(now=row.period_end + timedelta(hours=1)) == 1
    assert (amina.row().state, amina.tier()) == (SubscriptionState.CANCELLED, "free")


def test_one_subscription_per_person(amina: Subscriber) -> None:
    amina.subscribe("pro")
    refused = amina.ask("starter")
    assert refused.status_code == 409
    assert "Change its plan" in refused.json()["error"]["message"]


def test_the_same_page_for_the_same_wish(amina: Subscriber) -> None:
    first, again = amina.ask("pro"), amina.ask("pro")
    assert first.json()["data"] == again.json()["data"]


def test_three_tries_a_minute(amina: Subscriber) -> None:
    assert [amina.ask("pro").status_code for _ in range(4)] == [201, 201, 201, 429]


def test_a_gateway_that_is_down_is_a_502_and_the_same_request_goes_on(amina: Subscriber) -> None:
    amina.house.stripe.add_fault("status", face="stripe", status=503, times=3)
    answer = amina.ask("pro", key="once")
    assert answer.status_code == 502
    assert "try again" in answer.json()["error"]["message"]
    amina.house.stripe.clear_faults()
    assert amina.ask("pro", key="once").status_code == 201


def test_the_portal_is_stripes(amina: Subscriber) -> None:
    before = amina.call("POST", "portal/", {"return_url": settings.BASE_URL})
    assert before.status_code == 200, before.content
    amina.subscribe("pro")
    strange = amina.call("POST", "portal/", {"return_url": "https://elsewhere.example"})
    assert strange.status_code == 400
    answer = amina.call("POST", "portal/", {"return_url": settings.BASE_URL})
    assert answer.status_code == 200, answer.content
    assert answer.json()["data"]["url"].startswith("http")


def test_the_answer_is_remembered_until_there_is_news(amina: Subscriber) -> None:
    row = amina.subscribe("pro")
    assert [amina.mine()["cached"], amina.mine()["cached"]] == [False, True]
    amina.house.stripe.fail_subscription(row.gateway_ref)
    amina.told()
    fresh = amina.mine()
    assert (fresh["cached"], fresh["subscription"]["state"]) == (False, "past_due")


def test_strangers_are_ignored_with_a_reason(amina: Subscriber) -> None:
    body = {
        "id": "cus_stranger", "object": "customer", "email": "x@example.com", "livemode": False,
        "metadata": {},
    }  # fmt: skip
    amina.house.stripe.emit_stripe_event("customer.created", body)
    amina.told()
    delivery = Delivery.objects.get(event__type="stripe.customer.created")
    assert (delivery.state, "none of our users" in delivery.last_error) == ("ignored", True)


def test_plans_that_are_not_offered_are_refused(amina: Subscriber) -> None:
    Plan.objects.filter(code="pro").update(state="retired")
    assert amina.ask("pro").status_code == 404
    assert amina.ask("starter", currency="JPY").status_code == 400


def test_every_event_of_a_life_comes_to_an_end(amina: Subscriber) -> None:
    """Nothing is left to be tried again, nothing is dead; what is ignored says why."""
    row = amina.subscribe("expert")
    stripe = amina.house.stripe
    for step in (
        stripe.end_trial,
        stripe.fail_subscription,
        stripe.recover_subscription,
        stripe.renew_subscription,
        stripe.cancel_subscription,
    ):
        step(row.gateway_ref)
        amina.told()
    left = Delivery.objects.exclude(state__in=["done", "ignored"])
    assert not left, [(d.subscriber, d.state, d.last_error[-200:]) for d in left]
    assert not Delivery.objects.filter(state="ignored", last_error="")
    assert amina.tier() == "free"
