"""Our ledger is Stripe's own account to the cent, per currency, in whatever order it is told."""

import json
import random
from typing import Any

import pytest
from django.utils import timezone

from accounts.enums import Tier
from core.models import Delivery
from core.money import Money
from payments.models import GatewayPrice, LedgerTransaction, Payment
from payments.services.books.balances import balances, trial_balance
from payments.tests.house import House, attempt_of
from payments.tests.lives import a_customer, a_price, a_user
from payments.tests.stripe_side import StripeSide
from payments.tests.test_stripe_billing import Subscriber

pytestmark = pytest.mark.django_db

RATES = {"jpy": "0.65", "kwd": "0.325"}


def booked(code: str) -> dict[str, int]:
    """One account of ours, per currency; currencies that come to nothing left out."""
    return {
        one.amount.currency.lower(): one.amount.minor
        for one in balances(codes=[code])
        if one.amount.minor
    }


def at_stripe(house: House, *parts: str) -> dict[str, int]:
    """The same of the gateway's book: the sum of these lines."""
    sums = {
        currency: sum(lines.get(part, 0) for part in parts)
        for currency, lines in house.stripe.stripe_book()["balance"].items()
    }
    return {currency: total for currency, total in sums.items() if total}


class Shop:
    """Payments to which everything happens that can happen to money at Stripe."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.stripe = house.stripe

    def paid(self, amount: Money) -> str:
        """Paid at Stripe; nobody has told us."""
        payment: Payment = self.house.submitted(amount)
        session = self.stripe.pay(self.house.session_of(payment))
        return str(session["payment_intent"])

    def refunded(self, intent: str, number: int) -> str:
        """Given back in Stripe's dashboard."""
        answer = self.stripe.http.post(
            "/stripe/v1/refunds",
            data={"payment_intent": intent, "amount": str(number)},
            auth=("sk_test_x", ""),
        )
        answer.raise_for_status()
        return str(answer.json()["id"])

    def live(self) -> None:
        """A day at the shop."""
        self.stripe.stripe_behaves(settlement={"currency": "usd", "rates": RATES})
        self.refunded(self.paid(Money(4250, "EUR")), 1000)
        late = self.paid(Money(9900, "EUR"))
        self.stripe.fail_refund(self.refunded(late, 9900))
        self.refunded(late, 500)
        won = self.stripe.dispute(self.paid(Money(5000, "EUR")))
        lost = self.stripe.dispute(self.paid(Money(10_000, "JPY")), amount=4000)
        asked = self.stripe.dispute(self.paid(Money(700, "EUR")), inquiry=True)
        yen, dinar = self.paid(Money(20_000, "JPY")), self.paid(Money(51_200, "KWD"))
        self.stripe.dispute(self.paid(Money(3300, "EUR")))  # still open
        self.stripe.stripe_behaves(
            settlement={"currency": "usd", "rates": {"jpy": "0.71", "kwd": "0.33"}}
        )
        self.refunded(yen, 5000)
        self.stripe.fail_refund(self.refunded(dinar, 10_240))
        self.stripe.close_dispute(won["id"], "won")
        self.stripe.close_dispute(lost["id"], "lost")
        self.stripe.close_dispute(asked["id"], "warning_closed")

    def told(self, seed: int) -> None:
        """Every event twice, in any order."""
        events = self.house.events()
        assert len(events) < 100  # all there are: Stripe gives no more at once
        twice: list[dict[str, Any]] = events * 2
        random.Random(seed).shuffle(twice)  # noqa: S311 - dice
        for event in twice:
            assert self.house.post(json.dumps(event).encode()).status_code == 200
        self.house.work()

    def again(self) -> None:
        """What overtook the news it needs is due at once instead of in a while."""
        Delivery.objects.filter(state="ready").update(due_at=timezone.now())
        self.house.work()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_the_order_the_books_agree(house: House, seed: int) -> None:
    shop = Shop(house)
    shop.live()
    shop.told(seed)
    assert set(trial_balance().values()) == {0}
    assert booked("gateway:stripe") == at_stripe(house, "net")
    assert booked("fees:stripe") == at_stripe(house, "fees")
    assert booked("dispute_fees:stripe") == at_stripe(house, "dispute_fees")
    assert {"usd", "eur"} == set(booked("gateway:stripe"))  # yen and dinars are paid out as dollars
    still_open = booked("disputes:stripe")
    assert still_open == {"eur": 3300}
    assert booked("dispute_losses") == {"usd": 2600}  # 4000 yen at the rate of the day


@pytest.mark.parametrize("seed", [1, 2])
def test_a_year_of_a_subscription_stands_in_the_books_as_well(house: House, seed: int) -> None:
    """Paid, renewed, failed and recovered, changed, one month given back, one disputed."""
    user = a_user()
    someone = Subscriber(StripeSide(house.stripe), user_id=user.pk)
    a_customer(user, someone.customer_ref)
    price = a_price(Tier.PRO)
    ref = someone.subscribed()
    GatewayPrice.objects.filter(price=price).update(ref=someone.stands(ref).price_ref)
    stripe = house.stripe
    for _ in range(2):
        stripe.renew_subscription(ref)
    stripe.fail_subscription(ref)
    stripe.recover_subscription(ref)
    newest, *_, oldest = stripe.stripe_book()["invoice_payments"]
    shop = Shop(house)
    shop.refunded(newest["payment"]["payment_intent"], 900)
    stripe.close_dispute(stripe.dispute(oldest["payment"]["payment_intent"])["id"], "lost")
    shop.told(seed)
    shop.again()
    assert booked("revenue:subscriptions") == {"eur": -(4 * 2900 - 900)}
    assert booked("gateway:stripe") == at_stripe(house, "net")
    assert booked("fees:stripe") == at_stripe(house, "fees")
    assert booked("dispute_fees:stripe") == at_stripe(house, "dispute_fees")


def test_telling_it_all_again_books_nothing(house: House) -> None:
    shop = Shop(house)
    shop.live()
    shop.told(4)
    before = LedgerTransaction.objects.count()
    shop.told(5)
    assert LedgerTransaction.objects.count() == before


def test_the_comparison_can_fail(house: House) -> None:
    """A control: money that Stripe moved and nobody told us of is a difference."""
    shop = Shop(house)
    intent = shop.paid(Money(4250, "EUR"))
    shop.told(6)
    assert booked("gateway:stripe") == at_stripe(house, "net")
    shop.refunded(intent, 1000)
    assert booked("gateway:stripe") != at_stripe(house, "net")
    assert attempt_of(Payment.objects.get()).captured == Money(4250, "EUR")
