"""Whole lives of subscriptions, for tests: stories with their times, and users to live them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from accounts.enums import Tier
from accounts.models import User
from core.money import Money
from payments.billing_enums import Interval, PlanState
from payments.gateways.billing import GatewaySubscription, SubscriptionSeen
from payments.models import BillingCustomer, GatewayPrice, Plan, PlanPrice
from payments.services.billing.plans import set_price

DAY = timedelta(days=1)
BEGAN = datetime(2026, 6, 1, 12, tzinfo=UTC)


def a_user(**more: Any) -> User:
    made: User = User.objects.create_user(f"{uuid4().hex}@example.com", **more)
    return made


def a_customer(user: User, ref: str = "") -> BillingCustomer:
    return BillingCustomer.objects.create(
        user=user, gateway="stripe", customer_ref=ref or f"cus_{uuid4().hex}", email=user.email
    )


def a_price(tier: Tier, amount: str = "29.00", *, interval: Interval = Interval.MONTH) -> PlanPrice:
    """A price that Stripe knows under "price_<tier>_<interval>"."""
    plan, _ = Plan.objects.get_or_create(
        code=tier.value,
        defaults={
            "tier": tier, "name": tier.label, "state": PlanState.ACTIVE, "grace_days": 7,
            "trial_days": 14,
        },
    )  # fmt: skip
    price = set_price(plan=plan, interval=interval, amount=Money.parse(amount, "EUR"))
    GatewayPrice.objects.get_or_create(
        price=price, gateway="stripe", defaults={"ref": f"price_{tier.value}_{interval.value}"}
    )
    return price


def story(state: SubscriptionSeen, at: datetime, **more: Any) -> GatewaySubscription:
    wanted: dict[str, Any] = {
        "subscription_ref": "sub_1",
        "customer_ref": "cus_1",
        "price_ref": "price_starter_month",
        "livemode": False,
        "period_start": at,
        "period_end": at + 30 * DAY,
    }
    return GatewaySubscription(state=state, as_of=at, **(wanted | more))


def whole_life(began: datetime = BEGAN) -> list[GatewaySubscription]:
    """Trial, active, upgrade, past due, recovered, cancelled at the end, resumed, cancelled."""
    trial_end = began + 14 * DAY
    first, second = trial_end + 30 * DAY, trial_end + 60 * DAY
    pro = {"price_ref": "price_pro_month"}
    paid_first = {"period_start": trial_end, "period_end": first}
    unpaid = {**pro, "period_start": first, "period_end": second}
    S = SubscriptionSeen
    return [
        story(S.TRIALING, began, period_end=trial_end, trial_end=trial_end),
        story(S.ACTIVE, trial_end, **paid_first),
        story(S.ACTIVE, trial_end + 5 * DAY, **pro, **paid_first),
        story(S.PAST_DUE, first, **unpaid),
        story(S.PAST_DUE, first + 3 * DAY, **unpaid),
        story(S.ACTIVE, first + 4 * DAY, **unpaid),
        story(S.ACTIVE, first + 6 * DAY, **unpaid, cancel_at_period_end=True),
        story(S.ACTIVE, first + 7 * DAY, **unpaid),
        story(S.CANCELLED, first + 9 * DAY, **unpaid, ended_at=first + 9 * DAY, reason="asked"),
    ]
