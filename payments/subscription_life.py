"""From the stories told of a subscription to how it stands: pure, whatever their order.

Webhooks arrive twice, late and shuffled; Stripe's times are whole seconds. So no story changes
the one before: all are kept, and the subscription is what they say together. Stories are put in
order by themselves alone (ended after everything, then by time, then the worse state, then by
their words), which makes the outcome the same for every order of arrival.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from payments.gateways.billing import GatewaySubscription, SubscriptionSeen

# Of two stories of one second the worse counts; the gateway is asked besides.
RANK = {
    SubscriptionSeen.INCOMPLETE: 0,
    SubscriptionSeen.TRIALING: 1,
    SubscriptionSeen.ACTIVE: 2,
    SubscriptionSeen.PAUSED: 3,
    SubscriptionSeen.PAST_DUE: 4,
    SubscriptionSeen.UNPAID: 5,
    SubscriptionSeen.EXPIRED: 6,
    SubscriptionSeen.CANCELLED: 7,
}
ENDED = {SubscriptionSeen.EXPIRED, SubscriptionSeen.CANCELLED}
OWING = {SubscriptionSeen.PAST_DUE, SubscriptionSeen.UNPAID}
RENEWS = {SubscriptionSeen.TRIALING, SubscriptionSeen.ACTIVE}


@dataclass(frozen=True, slots=True)
class Life:
    """`last` is the story that counts; `past_due_since` when it stopped being paid for.

    `price_ref` and `customer_ref` were last named so: not every story names them.
    """

    last: GatewaySubscription
    price_ref: str
    customer_ref: str
    began_at: datetime
    past_due_since: datetime | None


def life_of(stories: Iterable[GatewaySubscription]) -> Life:
    """What all stories say together. Raises ValueError when there are none."""
    told = sorted(stories, key=_place)
    if not told:
        raise ValueError("Nothing is told of this subscription.")
    owing_since: datetime | None = None
    ends_with_period = False
    for story in told:
        if story.cancel_at_period_end is not None:
            ends_with_period = story.cancel_at_period_end
        if story.state not in OWING:
            owing_since = None
        elif owing_since is None:
            owing_since = story.as_of
    return Life(
        last=replace(told[-1], cancel_at_period_end=ends_with_period),
        price_ref=next((s.price_ref for s in reversed(told) if s.price_ref), ""),
        customer_ref=next((s.customer_ref for s in reversed(told) if s.customer_ref), ""),
        began_at=min(story.as_of for story in told),
        past_due_since=owing_since,
    )


def grace_until(life: Life, *, grace: timedelta) -> datetime | None:
    """Until when access is kept without a paid renewal; None where there is none to wait for."""
    last = life.last
    if life.past_due_since is not None:
        return life.past_due_since + grace
    if last.state not in RENEWS or last.period_end is None:
        return None
    return last.period_end if last.cancel_at_period_end else last.period_end + grace


def as_stored(story: GatewaySubscription) -> dict[str, Any]:
    """A story as plain JSON."""
    return dict(msgspec.to_builtins(story))


def from_stored(stored: dict[str, Any]) -> GatewaySubscription:
    """The story again."""
    return msgspec.convert(stored, GatewaySubscription)


def _place(story: GatewaySubscription) -> tuple[bool, datetime, int, bytes]:
    words = msgspec.json.encode(as_stored(story), order="deterministic")
    return story.state in ENDED, story.as_of, RANK[story.state], words
