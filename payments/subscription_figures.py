"""What subscriptions bring in, and how many there are."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from accounts.enums import Tier
from core.money import Money
from payments.billing_enums import Interval, SubscriptionState
from payments.models import Subscription

PAYING = [SubscriptionState.ACTIVE, SubscriptionState.PAST_DUE]


@dataclass(frozen=True, slots=True)
class TierCount:
    """How many people have a tier; `percent` of the most, for a bar."""

    name: str
    count: int
    percent: int


def monthly_revenue() -> list[Money]:
    """What one month brings by the prices agreed, per currency; a year counts a twelfth.

    In the caller's transaction and with his rights, like all of these.
    """
    rows = (
        Subscription.objects.filter(state__in=PAYING, surplus=False, price__isnull=False)
        .values("price__currency", "price__interval")
        .annotate(total=Sum("price__amount_minor"))
        .order_by("price__currency")
    )
    sums: dict[str, int] = {}
    for row in rows:
        months = Interval(row["price__interval"]).months
        currency = row["price__currency"]
        sums[currency] = sums.get(currency, 0) + int(row["total"]) // months
    return [Money(minor, currency) for currency, minor in sums.items()]


def by_tier() -> list[TierCount]:
    """People with a tier they have subscribed to, from the least to the most."""
    rows = Subscription.objects.filter(grants=True).values("tier").annotate(count=Count("pk"))
    counts = {row["tier"]: row["count"] for row in rows.order_by("tier")}
    most = max(counts.values(), default=1)
    return [
        TierCount(tier.label, counts.get(tier.value, 0), counts.get(tier.value, 0) * 100 // most)
        for tier in Tier
        if tier is not Tier.FREE
    ]


def waiting() -> dict[str, int]:
    """How many want somebody's eye."""
    rows = Subscription.objects.all()
    return {
        "trials": rows.filter(state=SubscriptionState.TRIALING).count(),
        "past due": rows.filter(state=SubscriptionState.PAST_DUE).count(),
        "second of a person": rows.filter(surplus=True).count(),
    }
