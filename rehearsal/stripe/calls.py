"""What every API call of the Stripe face is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rehearsal.stripe.book import Book, StripeObject
from rehearsal.stripe.disputes import Disputes
from rehearsal.stripe.listing import created_fits, page_of
from rehearsal.stripe.payments import Payments
from rehearsal.stripe.webhooks import Cause, Events

LIST = "list of "


@dataclass(frozen=True, slots=True)
class Call:
    """One checked API call. `cause` names it in the events it makes."""

    book: Book
    payments: Payments
    disputes: Disputes
    events: Events
    params: dict[str, Any]
    id: str
    path: str
    base_url: str
    cause: Cause


Handler = Callable[[Call], StripeObject]


def plain(call: Call, kind: str, *filters: str) -> list[StripeObject]:
    """All objects of a kind that fit `created` and the named equality filters."""
    return [
        item
        for item in call.book.all(kind)
        if created_fits(item, call.params.get("created"))
        and all(call.params.get(f) in (None, item.get(f)) for f in filters)
    ]


def retrieve(kind: str) -> Handler:
    return lambda call: call.book.get(kind, call.id)


def listing(kind: str, *filters: str) -> Handler:
    return lambda call: page_of(plain(call, kind, *filters), call.params, call.path)


@dataclass(frozen=True, slots=True)
class Route:
    """One API call: where it is, its name in parameters.json, what kind it gives back."""

    method: str
    path: str
    name: str
    gives: str
    handler: Handler
