"""Subscriptions as the gateways tell of them: all stories kept, the row is what they say."""

import hashlib
from datetime import timedelta
from typing import Any

import msgspec
from django.db import transaction

from accounts.enums import Tier
from accounts.services.tiers import lock_user
from core.events import publish
from payments import subscription_cache
from payments.billing_enums import ENDED_SUBSCRIPTIONS
from payments.gateways.billing import GatewaySubscription
from payments.gateways.interface import NotOurs
from payments.house import as_house
from payments.models import GatewayPrice, PlanPrice, Subscription, SubscriptionEvent
from payments.services.billing.access import review
from payments.services.billing.customers import owner_of
from payments.subscription_life import Life, as_stored, from_stored, grace_until, life_of

UNKNOWN_PLAN_GRACE = timedelta(days=7)
TOLD = (
    "state", "price_id", "tier", "period_start", "period_end", "trial_end", "cancel_at_period_end",
    "grace_until", "surplus", "grants", "next_price_id",
)  # fmt: skip


def observe(*, gateway: str, seen: GatewaySubscription, source: str) -> Subscription:
    """Take in one story. Told again, or out of order, it ends in the same row and tier.

    News: `subscription.created`, `.updated`, `.cancelled`. Raises NotOurs for a stranger's.
    """
    with as_house("subscription news"), transaction.atomic():
        known = Subscription.objects.filter(gateway=gateway, gateway_ref=seen.subscription_ref)
        owner = known.values_list("user_id", flat=True).first() or owner_of(
            gateway=gateway, customer_ref=seen.customer_ref, user_id=seen.user_id
        )
        if lock_user(owner) is None:
            raise NotOurs(f"The user of {seen.subscription_ref} is gone.")
        row = known.first()
        is_new = row is None
        if row is None:
            row = Subscription(user_id=owner, gateway=gateway, gateway_ref=seen.subscription_ref)
        before = _told(row)
        _remember(row, seen, source, is_new=is_new)
        _follow(row)
        review(user_id=owner)
        row.refresh_from_db()
        if is_new:
            announce("subscription.created", row, dedupe_key=f"subscription.created:{row.pk}")
        if row.state in ENDED_SUBSCRIPTIONS:
            announce("subscription.cancelled", row, dedupe_key=f"subscription.cancelled:{row.pk}")
        elif not is_new and _told(row) != before:
            announce("subscription.updated", row)
        return row


def announce(event_type: str, row: Subscription, *, dedupe_key: str | None = None) -> None:
    """Tell the house, and let nobody read the former row from the cache."""
    publish(
        type=event_type,
        subject=f"subscription:{row.pk}",
        data=shown(row),
        dedupe_key=dedupe_key,
    )
    user_id = row.user_id
    transaction.on_commit(lambda: subscription_cache.forget(user_id))


def shown(row: Subscription) -> dict[str, Any]:
    """What other floors are told."""
    return {
        "subscription_id": str(row.pk),
        "user_id": str(row.user_id),
        "gateway": row.gateway,
        "plan": row.price.plan.code if row.price else None,
        "tier": row.tier,
        "state": row.state,
        "allowed": row.grants,
        "period_end": _iso(row.period_end),
        "trial_end": _iso(row.trial_end),
        "cancel_at_period_end": row.cancel_at_period_end,
        "grace_until": _iso(row.grace_until),
    }


def price_named(gateway: str, ref: str) -> PlanPrice | None:
    """Our price by the gateway's name of it."""
    rows = GatewayPrice.objects.filter(gateway=gateway, ref=ref).select_related("price__plan")
    found = rows.first() if ref else None
    return found.price if found else None


def _remember(row: Subscription, seen: GatewaySubscription, source: str, *, is_new: bool) -> None:
    """Keep the story, once."""
    stored = as_stored(seen)
    if is_new:
        row.state, row.livemode = seen.state.value, seen.livemode
        row.as_of = row.began_at = seen.as_of
        row.surplus = row.is_live  # until `review` has compared it with the others
        row.save(force_insert=True)
    SubscriptionEvent.objects.bulk_create(
        [
            SubscriptionEvent(
                subscription=row,
                as_of=seen.as_of,
                state=seen.state.value,
                seen=stored,
                digest=hashlib.sha256(msgspec.json.encode(stored, order="sorted")).hexdigest(),
                source=source,
            )
        ],
        ignore_conflicts=True,
    )


def _follow(row: Subscription) -> None:
    """The row becomes what all stories say."""
    stories = SubscriptionEvent.objects.filter(subscription=row).values_list("seen", flat=True)
    life = life_of(from_stored(story) for story in stories)
    was_live = row.is_live
    _fill(row, life)
    row.surplus = row.surplus or (row.is_live and not was_live)
    row.grants = row.grants and not row.surplus
    row.save()


def _fill(row: Subscription, life: Life) -> None:
    last = life.last
    price = price_named(row.gateway, life.price_ref)
    grace = timedelta(days=price.plan.grace_days) if price else UNKNOWN_PLAN_GRACE
    if price is not None and price.pk == row.next_price_id:
        row.next_price = None  # the wish has come true
    row.state, row.livemode = last.state.value, last.livemode
    row.price, row.price_ref = price, life.price_ref
    row.tier = price.plan.tier if price else Tier.FREE
    row.customer_ref = life.customer_ref
    row.began_at, row.as_of = life.began_at, last.as_of
    row.period_start, row.period_end = last.period_start, last.period_end
    row.trial_end = last.trial_end
    row.cancel_at_period_end = bool(last.cancel_at_period_end)
    row.cancelled_at, row.ended_at, row.reason = last.cancelled_at, last.ended_at, last.reason
    row.past_due_since = life.past_due_since
    row.grace_until = grace_until(life, grace=grace)
    if last.state.value in ENDED_SUBSCRIPTIONS:
        row.next_price = None


def _told(row: Subscription) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in TOLD)


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
