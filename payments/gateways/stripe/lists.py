"""Stripe's lists, page by page: never more than one page in memory."""

import math
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from payments.gateways.reading import Raw
from payments.gateways.stripe.errors import translated

PAGE = 100  # the most Stripe gives at once


def listed(call: Callable[..., Any], params: Raw, *, pages: int | None = None) -> Iterator[Raw]:
    """Every object of a list call of the SDK as a plain dict, newest first; `pages` at most.

    Each page is one call of its own, made when the caller gets to it. Raises GatewayError.
    """
    params = {"limit": PAGE, **params}
    while pages is None or pages > 0:
        with translated():
            page = call(params=params)
        for item in page.data:
            yield item.to_dict()
        if not page.has_more or not page.data:
            return
        params["starting_after"] = page.data[-1].id
        pages = None if pages is None else pages - 1


def created_between(since: datetime, until: datetime) -> Raw:
    """The `created` filter for [since, until). Stripe counts whole seconds: rounding both bounds
    up gives every object to exactly one of two windows that meet."""
    return {"gte": math.ceil(since.timestamp()), "lt": math.ceil(until.timestamp())}
