"""Lists as Stripe gives them: newest first, cut into pages by object ids, filtered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rehearsal.stripe.book import StripeObject
from rehearsal.stripe.errors import StripeRefusal, no_such

DEFAULT_LIMIT, MAX_LIMIT = 10, 100
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}


def page_of(items: list[StripeObject], params: dict[str, Any], url: str) -> StripeObject:
    """The page that `limit`, `starting_after` and `ending_before` ask for."""
    limit = params.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= MAX_LIMIT:
        wrong = "less than 1" if limit < 1 else "greater than 100"
        raise StripeRefusal(f"This value must not be {wrong}.", param="limit")
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise StripeRefusal("You cannot parameterize both starting_after and ending_before.")
    if before:
        earlier = items[: _position(items, before, "ending_before")]
        data, more = earlier[-limit:], len(earlier) > limit
    else:
        rest = items[_position(items, after, "starting_after") + 1 :] if after else items
        data, more = rest[:limit], len(rest) > limit
    return {"object": "list", "data": data, "has_more": more, "url": url}


def created_fits(item: StripeObject, wanted: Any) -> bool:
    """The `created` filter: an exact time, or bounds gt, gte, lt, lte."""
    if wanted is None:
        return True
    if isinstance(wanted, dict):
        return all(_COMPARE[name](item["created"], bound) for name, bound in wanted.items())
    return bool(item["created"] == wanted)


def _position(items: list[StripeObject], object_id: str, param: str) -> int:
    for index, item in enumerate(items):
        if item["id"] == object_id:
            return index
    raise no_such("object", object_id, param)
