"""What a subscription is made of: items, each with its price and the period paid for."""

from __future__ import annotations

import copy
from typing import Any

from rehearsal.stripe.book import StripeObject, blank, new_id
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.periods import period_end

ENDED = ("canceled", "incomplete_expired")
Period = tuple[int, int]


def period_of(subscription: StripeObject) -> Period:
    """The time paid for now; Stripe keeps it on the items, and ours agree on it."""
    item = subscription["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]


def set_period(subscription: StripeObject, period: Period) -> None:
    """On every item."""
    for item in subscription["items"]["data"]:
        item["current_period_start"], item["current_period_end"] = period


def plan_of(price: StripeObject) -> dict[str, Any]:
    """The old form of a price, which items still carry."""
    recurring = price["recurring"]
    return {
        "id": price["id"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "product": price["product"],
    }


def new_item(
    subscription: StripeObject, price: StripeObject, quantity: int, period: Period
) -> StripeObject:
    item = blank(
        "subscription_item",
        id=new_id("subscription_item"),
        current_period_start=period[0],
        current_period_end=period[1],
        price=copy.deepcopy(price),
        quantity=quantity,
        subscription=subscription["id"],
    )
    item["plan"].update(plan_of(price))
    return item


def end_of(price: StripeObject, start: int, *, anchor: int) -> int:
    recurring = price["recurring"]
    return period_end(start, recurring["interval"], recurring["interval_count"], anchor=anchor)


def must_live(subscription: StripeObject) -> None:
    """Refuse what has ended."""
    if subscription["status"] in ENDED:
        raise StripeRefusal(
            f"No such subscription: '{subscription['id']}' (it has ended)",
            status=404,
            code="resource_missing",
            param="id",
        )
