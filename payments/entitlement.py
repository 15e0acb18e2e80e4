"""What a subscription allows at a moment, and why. One function, asked by everybody."""

from dataclasses import dataclass
from datetime import datetime

from accounts.enums import Tier
from payments.billing_enums import SubscriptionState


@dataclass(frozen=True, slots=True)
class Entitlement:
    """`tier` is what may be used now. `until` is when this answer ends unless news arrives
    (exclusive; None: it does not end by itself). `reason` is a sentence for people.
    """

    allowed: bool
    tier: Tier
    until: datetime | None
    reason: str


REFUSALS = {
    SubscriptionState.INCOMPLETE: "The subscription has not been paid for yet.",
    SubscriptionState.EXPIRED: "The subscription was never paid for.",
    SubscriptionState.UNPAID: "The renewal was not paid and is not tried any more.",
    SubscriptionState.PAUSED: "The subscription is paused.",
    SubscriptionState.CANCELLED: "The subscription has ended.",
}
NOTHING = Entitlement(False, Tier.FREE, None, "There is no subscription.")


def entitled(
    *,
    state: str,
    tier: str,
    period_end: datetime | None,
    grace_until: datetime | None,
    now: datetime,
) -> Entitlement:
    """Whether `tier` may be used at `now` (all times UTC).

    Trial and active last to the period's end, and to `grace_until` where that is later: news of
    a renewal may be late. Past due lasts to `grace_until` only; the period it shows is unpaid.
    """
    standing = SubscriptionState(state)
    refusal = REFUSALS.get(standing)
    if refusal is not None:
        return _refused(refusal)
    if standing is SubscriptionState.PAST_DUE:
        return _past_due(Tier(tier), grace_until, now)
    word = "Trial" if standing is SubscriptionState.TRIALING else "Paid"
    if period_end is None:
        return Entitlement(True, Tier(tier), None, f"{word} for now.")
    if now < period_end:
        return Entitlement(True, Tier(tier), period_end, f"{word} until {_at(period_end)}.")
    if grace_until is None or now >= grace_until:
        return _refused(f"{word} until {_at(period_end)}, and not renewed.")
    kept = f"{word} until {_at(period_end)}; kept until {_at(grace_until)} for the renewal."
    return Entitlement(True, Tier(tier), grace_until, kept)


def _past_due(tier: Tier, grace_until: datetime | None, now: datetime) -> Entitlement:
    if grace_until is None:
        return _refused("The renewal was not paid.")
    if now >= grace_until:
        return _refused(f"The renewal was not paid; access was kept until {_at(grace_until)}.")
    kept = f"The renewal was not paid yet; access is kept until {_at(grace_until)}."
    return Entitlement(True, tier, grace_until, kept)


def _refused(reason: str) -> Entitlement:
    return Entitlement(False, Tier.FREE, None, reason)


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
