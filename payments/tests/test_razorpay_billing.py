"""Subscriptions at Razorpay: the page, every state, every event in any order, the books."""

import json
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db.models import Sum

from accounts.enums import Tier
from core.models import Event
from core.money import Money
from payments.billing_enums import Interval, SubscriptionState
from payments.gateways.billing import (
    Ability,
    GatewayInvoice,
    GatewaySubscription,
    InvoiceSeen,
    PriceOffer,
    SubscriptionSeen,
    SubscriptionStart,
)
from payments.gateways.interface import GatewayError, NotAtGateway, NotOurs
from payments.gateways.razorpay.billing import RazorpayBilling
from payments.gateways.registry import billing_gateway
from payments.models import (
    GatewayPrice,
    LedgerEntry,
    Plan,
    Subscription,
    SubscriptionInvoice,
)
from payments.services.billing import steps as subscription_steps
from payments.services.billing.plans import set_price
from payments.tests.lives import a_user
from payments.tests.razorpay_house import RazorpayHouse, rupees

pytestmark = pytest.mark.django_db
PRICE = rupees("999.00")


@pytest.fixture
def there(razorpay: RazorpayHouse) -> RazorpayBilling:
    found = billing_gateway("razorpay")
    assert isinstance(found, RazorpayBilling)
    return found


def offer(amount: Money = PRICE, months: int = 1, price_id: UUID | None = None) -> PriceOffer:
    price_id = price_id or uuid4()
    return PriceOffer(price_id, "pro", "Pro", amount, months, f"price:{price_id}:create")


def start(plan: str, user_id: UUID | None = None, **more: object) -> SubscriptionStart:
    wanted: dict[str, object] = {
        "user_id": user_id or uuid4(),
        "email": "amina@example.com",
        "customer_ref": "",
        "price_ref": plan,
        "amount": PRICE,
        "trial_days": 0,
        "idempotency_key": f"checkout:{uuid4()}",
        "success_url": "",
        "cancel_url": "",
    }
    return SubscriptionStart(**(wanted | more))  # type: ignore[arg-type]


class Life:
    """One subscription that a user of ours has begun."""

    def __init__(self, razorpay: RazorpayHouse, there: RazorpayBilling, trial_days: int) -> None:
        self.razorpay = razorpay
        self.user = a_user()
        self.plan = there.ensure_price(offer())
        self.page = there.start_subscription(start(self.plan, self.user.pk, trial_days=trial_days))
        self.ref = self.page.ref

    def do(self, *acts: str) -> None:
        for act in acts:
            self.razorpay.there.razorpay_subscription(self.ref, act)

    def known_as_pro(self) -> None:
        """Our plan that Razorpay's plan stands for."""
        plan = Plan.objects.create(code="pro", tier=Tier.PRO, name="Pro", grace_days=7)
        price = set_price(plan=plan, interval=Interval.MONTH, amount=PRICE)
        GatewayPrice.objects.create(price=price, gateway="razorpay", ref=self.plan)

    @property
    def row(self) -> Subscription:
        return Subscription.objects.get(gateway="razorpay", gateway_ref=self.ref)


@pytest.fixture
def life(razorpay: RazorpayHouse, there: RazorpayBilling) -> Life:
    made = Life(razorpay, there, trial_days=0)
    made.known_as_pro()
    return made


class TestPrices:
    @pytest.mark.parametrize(
        ("months", "expected"),
        [(1, ("monthly", 1)), (3, ("monthly", 3)), (12, ("yearly", 1)), (24, ("yearly", 2))],
    )
    def test_a_price_is_a_plan(
        self, razorpay: RazorpayHouse, there: RazorpayBilling, months: int, expected: object
    ) -> None:
        plan = razorpay.api(f"/plans/{there.ensure_price(offer(months=months))}")
        assert (plan["period"], plan["interval"]) == expected
        assert (plan["item"]["amount"], plan["item"]["currency"]) == (99900, "INR")

    def test_it_is_made_once_and_another_amount_is_another_plan(
        self, razorpay: RazorpayHouse, there: RazorpayBilling
    ) -> None:
        one = offer()
        assert there.ensure_price(one) == there.ensure_price(one)
        other = there.ensure_price(offer(rupees("1.00"), price_id=one.price_id))
        assert other != there.ensure_price(one)
        assert razorpay.api("/plans")["count"] == 2


class TestStart:
    def test_the_page_is_razorpays_and_the_same_key_finds_it_again(
        self, razorpay: RazorpayHouse, there: RazorpayBilling
    ) -> None:
        wanted = start(there.ensure_price(offer()))
        first, again = there.start_subscription(wanted), there.start_subscription(wanted)
        assert first == again
        assert razorpay.there.http.get(first.url).status_code == 200
        raw = razorpay.api(f"/subscriptions/{first.ref}")
        assert raw["notes"]["tradewind_user"] == str(wanted.user_id)
        assert (raw["total_count"], raw["customer_notify"]) == (120, False)
        assert first.expires_at is not None

    def test_a_plan_of_another_price_is_refused(self, there: RazorpayBilling) -> None:
        wanted = start(there.ensure_price(offer()), amount=rupees("1.00"))
        with pytest.raises(GatewayError, match=r"costs 999\.00 INR at Razorpay") as caught:
            there.start_subscription(wanted)
        assert not caught.value.retryable

    def test_the_page_subscribes(self, razorpay: RazorpayHouse, life: Life) -> None:
        http = razorpay.there.http
        for _ in range(2):  # agreeing twice is agreeing once
            assert http.post(life.page.url, data={"action": "authenticate"}).status_code == 303
        assert "active" in http.get(life.page.url).text
        assert razorpay.api("/invoices")["count"] == 1

    def test_a_customer_is_made_once(self, there: RazorpayBilling) -> None:
        user_id = uuid4()
        one, again = (
            there.ensure_customer(
                user_id=user_id, email="amina@example.com", name="Amina", idempotency_key="k"
            )
            for _ in range(2)
        )
        assert one == again
        assert one.user_id == user_id


class TestStates:
    @pytest.mark.parametrize(
        ("acts", "state"),
        [
            ((), SubscriptionSeen.INCOMPLETE),
            (("expire",), SubscriptionSeen.EXPIRED),
            (("authenticate",), SubscriptionSeen.ACTIVE),
            (("authenticate", "fail_charge"), SubscriptionSeen.PAST_DUE),
            (("authenticate", "fail_charge", "halt"), SubscriptionSeen.UNPAID),
            (("authenticate", "fail_charge", "charge"), SubscriptionSeen.ACTIVE),
            (("authenticate", "complete"), SubscriptionSeen.CANCELLED),
        ],
    )
    def test_each_is_one_of_ours(
        self, life: Life, there: RazorpayBilling, acts: tuple[str, ...], state: SubscriptionSeen
    ) -> None:
        life.do(*acts)
        seen = there.fetch_subscription(life.ref)
        assert (seen.state, seen.user_id, seen.livemode) == (state, life.user.pk, False)

    def test_a_trial_is_agreed_to_and_begins_later(
        self, razorpay: RazorpayHouse, there: RazorpayBilling
    ) -> None:
        life = Life(razorpay, there, trial_days=14)
        life.do("authenticate")
        seen = there.fetch_subscription(life.ref)
        assert seen.state is SubscriptionSeen.TRIALING
        assert seen.trial_end == seen.period_end
        assert seen.trial_end is not None
        ahead = seen.trial_end - datetime.now(UTC)
        assert timedelta(days=13, hours=23) < ahead <= timedelta(days=14)
        life.do("charge")
        assert there.fetch_subscription(life.ref).state is SubscriptionSeen.ACTIVE

    def test_paused_and_going_on(
        self, razorpay: RazorpayHouse, life: Life, there: RazorpayBilling
    ) -> None:
        life.do("authenticate")
        client = there._client.subscription
        client.pause(life.ref, {"pause_at": "now"})
        assert there.fetch_subscription(life.ref).state is SubscriptionSeen.PAUSED
        client.resume(life.ref, {"resume_at": "now"})
        razorpay.told()
        assert life.row.state == SubscriptionState.ACTIVE

    def test_unknown_ones_are_said_to_be_so(self, there: RazorpayBilling) -> None:
        with pytest.raises(NotAtGateway):
            there.fetch_subscription("sub_Nothing")
        with pytest.raises(NotAtGateway):
            there.fetch_invoice("inv_Nothing")


class TestSteps:
    def test_another_plan(self, life: Life, there: RazorpayBilling) -> None:
        other = there.ensure_price(offer(rupees("1999.00")))
        with pytest.raises(GatewayError, match="Authenticated or Active"):
            there.change_plan(subscription_ref=life.ref, price_ref=other, idempotency_key="k")
        life.do("authenticate")
        for _ in range(2):
            seen = there.change_plan(
                subscription_ref=life.ref, price_ref=other, idempotency_key="k"
            )
            assert (seen.price_ref, seen.state) == (other, SubscriptionSeen.ACTIVE)

    def test_an_end_now_is_one_however_often_it_is_asked_for(
        self, life: Life, there: RazorpayBilling
    ) -> None:
        life.do("authenticate")
        for _ in range(2):
            seen = there.cancel(subscription_ref=life.ref, at_period_end=False, idempotency_key="k")
            assert seen.state is SubscriptionSeen.CANCELLED
            assert seen.cancelled_at is not None

    def test_an_end_with_the_period_stays_told_though_nothing_shows_it(
        self, razorpay: RazorpayHouse, life: Life, there: RazorpayBilling
    ) -> None:
        life.do("authenticate")
        razorpay.told()
        subscription_steps.cancel(subscription=life.row, at_period_end=True, source="test")
        assert life.row.cancel_at_period_end
        assert there.fetch_subscription(life.ref).cancel_at_period_end is None
        subscription_steps.ask(subscription=life.row, source="test")
        assert life.row.cancel_at_period_end
        life.do("charge")  # the period is over: nothing is charged
        razorpay.told()
        assert life.row.state == SubscriptionState.CANCELLED
        assert razorpay.api("/invoices")["count"] == 1

    def test_what_razorpay_cannot_do_is_not_offered(
        self, life: Life, there: RazorpayBilling
    ) -> None:
        assert {Ability.CHANGE, Ability.CANCEL_AT_PERIOD_END, Ability.TRIAL} == there.CAN
        with pytest.raises(GatewayError) as caught:
            there.resume(subscription_ref=life.ref, idempotency_key="k")
        assert not caught.value.retryable
        with pytest.raises(GatewayError):
            there.portal(customer_ref="", subscription_ref=life.ref, return_url="")


class TestEvents:
    def test_a_charge_tells_of_the_subscription_and_its_invoice(
        self, razorpay: RazorpayHouse, life: Life, there: RazorpayBilling
    ) -> None:
        life.do("authenticate")
        for kind in ("subscription.charged", "invoice.paid"):
            subscription, invoice = there.interpret_billing(kind=kind, body=razorpay.body_of(kind))
            assert isinstance(subscription, GatewaySubscription)
            assert isinstance(invoice, GatewayInvoice)
            assert invoice.state is InvoiceSeen.PAID
            assert (invoice.due, invoice.paid, invoice.fee) == (PRICE, PRICE, rupees("23.58"))
            assert invoice.payment_ref == razorpay.api("/payments")["items"][0]["id"]
            assert invoice.subscription_ref == subscription.subscription_ref == life.ref
            assert (invoice.period_start, invoice.period_end) == (
                subscription.period_start, subscription.period_end,
            )  # fmt: skip

    def test_a_failed_charge_says_when_it_is_tried_again(
        self, razorpay: RazorpayHouse, life: Life, there: RazorpayBilling
    ) -> None:
        life.do("authenticate", "fail_charge")
        body = razorpay.body_of("subscription.pending")
        _, invoice = there.interpret_billing(kind="subscription.pending", body=body)
        assert isinstance(invoice, GatewayInvoice)
        assert (invoice.state, invoice.failed, invoice.attempts) == (InvoiceSeen.OPEN, True, 1)
        assert invoice.next_attempt_at is not None
        life.do("charge")  # and the same word, late
        _, invoice = there.interpret_billing(kind="subscription.pending", body=body)
        assert isinstance(invoice, GatewayInvoice)
        assert (invoice.state, invoice.failed) == (InvoiceSeen.PAID, False)

    def test_those_of_a_stranger_are_not_ours(
        self, razorpay: RazorpayHouse, there: RazorpayBilling
    ) -> None:
        plan = there.ensure_price(offer())
        made = there._client.subscription.create({"plan_id": plan, "total_count": 3})
        razorpay.there.razorpay_subscription(made["id"], "authenticate")
        with pytest.raises(NotOurs):
            there.interpret_billing(
                kind="subscription.charged", body=razorpay.body_of("subscription.charged")
            )
        razorpay.told()
        assert not Subscription.objects.exists()

    def test_from_the_page_to_the_tier_and_the_books(
        self, razorpay: RazorpayHouse, life: Life
    ) -> None:
        life.do("authenticate")
        razorpay.told()
        life.user.refresh_from_db()
        assert (life.row.state, life.user.tier) == (SubscriptionState.ACTIVE, Tier.PRO)
        invoice = SubscriptionInvoice.objects.get()
        assert (invoice.paid, invoice.fee_minor) == (PRICE, 2358)
        held = LedgerEntry.objects.filter(account__code="gateway:razorpay")
        total = held.aggregate(sum=Sum("amount_minor"))["sum"]
        assert total == razorpay.there.razorpay_book()["totals"]["INR"]["net"]
        assert Event.objects.filter(type="invoice.paid", source="tradewind").count() == 1

    def test_money_of_an_invoice_that_goes_back_is_booked(
        self, razorpay: RazorpayHouse, life: Life, there: RazorpayBilling
    ) -> None:
        """Refunded by hand at Razorpay, and the rest lost in a dispute."""
        life.do("authenticate")
        razorpay.told()
        money = SubscriptionInvoice.objects.get().payment_ref
        assert money is not None
        made = there._client.payment.refund(money, {"amount": 9900})
        razorpay.there.razorpay_refund(made["id"], "process")
        razorpay.told()
        dispute = razorpay.there.razorpay_payment(money, "dispute", amount=90000)
        razorpay.there.razorpay_dispute(dispute["id"], "lost")
        razorpay.told()
        assert {d.state for e in Event.objects.filter(type__startswith="razorpay.refund")
                for d in e.deliveries.all()} == {"done"}  # fmt: skip
        assert SubscriptionInvoice.objects.get().refunded_minor == 9900
        held = LedgerEntry.objects.filter(account__code="gateway:razorpay")
        total = held.aggregate(sum=Sum("amount_minor"))["sum"]
        assert total == razorpay.there.razorpay_book()["totals"]["INR"]["net"]

    @pytest.mark.parametrize("seed", range(4))
    def test_a_whole_life_in_any_order_ends_the_same(
        self, razorpay: RazorpayHouse, life: Life, seed: int
    ) -> None:
        """Charged, charged, declined, recovered, halted, ended: events doubled and shuffled."""
        life.do("authenticate", "charge", "fail_charge", "charge", "fail_charge", "halt")
        life.do("complete")
        bodies = [str(one["body"]).encode() for one in razorpay.waiting()] * 2
        random.Random(seed).shuffle(bodies)  # noqa: S311 - dice
        for body in bodies:
            razorpay.post(json.dumps(json.loads(body), indent=seed or None).encode())
        razorpay.work()
        life.user.refresh_from_db()
        assert (life.row.state, life.user.tier) == (SubscriptionState.CANCELLED, Tier.FREE)
        paid = SubscriptionInvoice.objects.filter(state="paid")
        assert paid.count() == 3
        held = LedgerEntry.objects.filter(account__code="gateway:razorpay")
        total = held.aggregate(sum=Sum("amount_minor"))["sum"]
        assert total == razorpay.there.razorpay_book()["totals"]["INR"]["net"]
