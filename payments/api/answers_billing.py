"""What the doors of subscriptions answer."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from accounts.enums import Tier
from core.api.schema.shapes import MONEY, or_null
from payments.billing_enums import Interval, PlanState, SubscriptionState
from payments.entitlement import NOTHING, Entitlement, entitled
from payments.enums import GatewayName
from payments.models import CheckoutSession, Plan, Subscription
from payments.services.offers import takers

TEXT = {"type": "string"}
ID = {"type": "string", "format": "uuid"}
TIME = {"type": "string", "format": "date-time"}
FLAG = {"type": "boolean"}
TIER = {"type": "string", "enum": Tier.values}
GATEWAY = {"type": "string", "enum": GatewayName.values}
INTERVAL = {"type": "string", "enum": Interval.values}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


PLANS_SCHEMA = {
    "type": "array",
    "items": _object(
        code=TEXT,
        name=TEXT,
        description=TEXT,
        tier=TIER,
        features={"type": "array", "items": TEXT},
        limits={"type": "object", "additionalProperties": True},
        trial_days={"type": "integer"},
        prices={
            "type": "array",
            "items": _object(
                interval=INTERVAL, amount=MONEY, gateways={"type": "array", "items": GATEWAY}
            ),
        },
    ),
}
SESSION_SCHEMA = _object(
    id=ID,
    url=TEXT,
    gateway=GATEWAY,
    plan=TEXT,
    interval=INTERVAL,
    amount=MONEY,
    trial_days={"type": "integer"},
    expires_at=or_null(TIME),
)
PORTAL_SCHEMA = _object(url=TEXT)
_SUBSCRIPTION = _object(
    id=ID,
    state={"type": "string", "enum": SubscriptionState.values},
    plan=or_null(TEXT),
    tier=TIER,
    interval=or_null(INTERVAL),
    amount=or_null(MONEY),
    gateway=GATEWAY,
    began_at=TIME,
    period_start=or_null(TIME),
    period_end=or_null(TIME),
    trial_end=or_null(TIME),
    cancel_at_period_end=FLAG,
    grace_until=or_null(TIME),
    ended_at=or_null(TIME),
    next_plan=or_null(TEXT),
)
SUBSCRIPTION_SCHEMA = _object(
    subscription=or_null(_SUBSCRIPTION),
    cached=FLAG,
    entitlement=_object(allowed=FLAG, tier=TIER, until=or_null(TIME), reason=TEXT),
)


def plans() -> list[dict[str, Any]]:
    """What may be subscribed to, from the least to the most."""
    rows = Plan.objects.filter(state=PlanState.ACTIVE).prefetch_related("prices")
    return [_plan(plan) for plan in sorted(rows, key=_by_tier)]


def _by_tier(plan: Plan) -> tuple[int, str]:
    return Tier(plan.tier).rank, plan.code


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "code": plan.code,
        "name": plan.name,
        "description": plan.description,
        "tier": plan.tier,
        "features": plan.features,
        "limits": plan.limits,
        "trial_days": plan.trial_days,
        "prices": [
            {
                "interval": price.interval,
                "amount": price.amount,
                "gateways": gateways,
            }
            for price in plan.prices.all()
            if price.offered and (gateways := takers(price.amount))
        ],
    }


def session(row: CheckoutSession) -> dict[str, Any]:
    """Where to subscribe."""
    return {
        "id": row.pk,
        "url": row.url,
        "gateway": row.gateway,
        "plan": row.price.plan.code,
        "interval": row.price.interval,
        "amount": row.price.amount,
        "trial_days": row.trial_days,
        "expires_at": row.expires_at,
    }


def subscription_of(user_id: UUID) -> dict[str, Any] | None:
    """The subscription that counts, else the last one that ended; plain values for the cache."""
    rows = Subscription.objects.filter(user_id=user_id, surplus=False)
    found = list(rows.select_related("price__plan", "next_price__plan").order_by("-id")[:10])
    row = next((one for one in found if one.is_live), found[0] if found else None)
    if row is None:
        return None
    price = row.price
    return {
        "id": row.pk,
        "state": row.state,
        "plan": price.plan.code if price else None,
        "tier": row.tier,
        "interval": price.interval if price else None,
        "amount": price.amount if price else None,
        "gateway": row.gateway,
        "began_at": row.began_at,
        "period_start": row.period_start,
        "period_end": row.period_end,
        "trial_end": row.trial_end,
        "cancel_at_period_end": row.cancel_at_period_end,
        "grace_until": row.grace_until,
        "ended_at": row.ended_at,
        "next_plan": row.next_price.plan.code if row.next_price else None,
    }


def subscription_answer(row: dict[str, Any] | None, *, cached: bool) -> dict[str, Any]:
    """The row, and what it allows at this moment, remembered or not."""
    answer = NOTHING if row is None else _entitlement(row)
    return {
        "subscription": row,
        "cached": cached,
        "entitlement": {
            "allowed": answer.allowed,
            "tier": answer.tier,
            "until": answer.until,
            "reason": answer.reason,
        },
    }


def _entitlement(row: dict[str, Any]) -> Entitlement:
    return entitled(
        state=row["state"],
        tier=row["tier"],
        period_end=row["period_end"],
        grace_until=row["grace_until"],
        now=datetime.now(UTC),
    )
