"""From a user's subscriptions to the tier they have: one of them gives it, or none.

Under the user's lock, so that two subscriptions told of at once agree. The others that are live are
`surplus` and shown to staff. Access ends by the clock too: `access_until` is what the job looks at.
"""

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.enums import Tier
from accounts.services.tiers import lock_user, set_tier
from payments.billing_enums import LIVE_SUBSCRIPTIONS
from payments.entitlement import NOTHING, Entitlement, entitled
from payments.house import as_house
from payments.models import Subscription


def entitlement_of(row: Subscription, *, now: datetime | None = None) -> Entitlement:
    """What one subscription allows now."""
    return entitled(
        state=row.state,
        tier=row.tier,
        period_end=row.period_end,
        grace_until=row.grace_until,
        now=now or datetime.now(UTC),
    )


def review(*, user_id: UUID, now: datetime | None = None) -> Entitlement:
    """Let the user's tier follow from what they have, and remember when to look again.

    Of several live subscriptions one that allows something counts, the oldest of those; the
    others are surplus. The user is locked first: two reviews of one person wait for each other.
    """
    with as_house("access"), transaction.atomic():
        lock_user(user_id)
        rows = Subscription.objects.select_for_update().filter(
            Q(state__in=LIVE_SUBSCRIPTIONS) | Q(grants=True) | Q(surplus=True), user_id=user_id
        )
        known = [(row, entitlement_of(row, now=now)) for row in rows]
        live = [pair for pair in known if pair[0].is_live]
        first, allowed = min(live, key=_place, default=(None, NOTHING))
        for row, _ in known:
            if row is not first:
                _mark(row, surplus=row.is_live, answer=NOTHING)
        if first is not None:
            _mark(first, surplus=False, answer=allowed)
        tier = allowed.tier if allowed.allowed else Tier.FREE
        set_tier(user_id=user_id, tier=tier, why=allowed.reason)
        return allowed


def _place(pair: tuple[Subscription, Entitlement]) -> tuple[bool, datetime, str, str]:
    row, answer = pair
    return not answer.allowed, row.began_at, row.gateway, row.gateway_ref


def _mark(row: Subscription, *, surplus: bool, answer: Entitlement) -> None:
    marks = (surplus, answer.allowed, answer.until if answer.allowed else None)
    if marks != (row.surplus, row.grants, row.access_until):
        row.surplus, row.grants, row.access_until = marks
        row.save(update_fields=["surplus", "grants", "access_until", "updated_at"])
