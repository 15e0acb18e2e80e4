"""The demo's plans: every tier, by the month and by the year, in the gateways' home currencies."""

from django.db import transaction

from accounts.enums import Tier
from core.money import Money
from payments.billing_enums import Interval, PlanState
from payments.house import as_house
from payments.models import Plan
from payments.services.billing.plans import ensure_plan, set_price

MONTHS_IN_A_YEARS_PRICE = 10  # two are given
FEATURES: dict[Tier, list[str]] = {
    Tier.FREE: ["The catalogue", "One vendor"],
    Tier.STARTER: ["Everything in Free", "Five vendors", "E-mail support"],
    Tier.PRO: ["Everything in Starter", "Fifty vendors", "Figures by vendor"],
    Tier.EXPERT: ["Everything in Pro", "Vendors without limit", "Export of everything"],
    Tier.ENTERPRISE: ["Everything in Expert", "A person to call", "Your own terms"],
}
REQUESTS_A_MINUTE = {
    Tier.FREE: 60, Tier.STARTER: 120, Tier.PRO: 300, Tier.EXPERT: 600, Tier.ENTERPRISE: 1200,
}  # fmt: skip
# what a month costs; Free costs nothing anywhere
MONTH: dict[Tier, dict[str, str]] = {
    Tier.STARTER: {"EUR": "9.00", "USD": "9.00", "INR": "749.00", "NGN": "3000.00"},
    Tier.PRO: {"EUR": "29.00", "USD": "29.00", "INR": "2399.00", "NGN": "9500.00"},
    Tier.EXPERT: {"EUR": "99.00", "USD": "99.00", "INR": "7999.00", "NGN": "32000.00"},
    Tier.ENTERPRISE: {"EUR": "299.00", "USD": "299.00", "INR": "23999.00", "NGN": "98000.00"},
}
TRIAL_DAYS = {Tier.PRO: 14}


def make_plans() -> list[Plan]:
    """The five plans and their prices; those that are there stay as they are."""
    with as_house("demo"), transaction.atomic():
        if Plan.objects.exists():
            return list(Plan.objects.order_by("code"))
        return [_plan(tier) for tier in Tier]


def _plan(tier: Tier) -> Plan:
    plan = ensure_plan(
        code=tier.value,
        tier=tier,
        name=tier.label,
        features=FEATURES[tier],
        limits={"requests_a_minute": REQUESTS_A_MINUTE[tier]},
        trial_days=TRIAL_DAYS.get(tier, 0),
        state=PlanState.ACTIVE,
    )
    for currency, amount in MONTH.get(tier, {}).items():
        month = Money.parse(amount, currency)
        set_price(plan=plan, interval=Interval.MONTH, amount=month)
        set_price(plan=plan, interval=Interval.YEAR, amount=month * MONTHS_IN_A_YEARS_PRICE)
    return plan
