"""Razorpay's lists as iterators: newest first, pages of a hundred by `skip`.

`from` and `to` are whole seconds and both included, ours are half-open: [since, until).
"""

import math
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from payments.gateways.interface import GatewayError
from payments.gateways.razorpay.errors import translated
from payments.gateways.reading import Raw

PAGE = 100
MOST_PAGES = 1000
PAGES_LOOKED_THROUGH = 10


def payments(client: Any, since: datetime, until: datetime) -> Iterator[Raw]:
    """All payments made in between."""
    return _between(client.payment.all, since, until)


def refunds(client: Any, since: datetime, until: datetime) -> Iterator[Raw]:
    """All refunds asked for in between."""
    return _between(client.refund.all, since, until)


def refunds_of(client: Any, payment_ref: str) -> Iterator[Raw]:
    """All refunds of one payment."""
    return _pages(lambda params: client.payment.fetch_multiple_refund(payment_ref, params), {})


def plans(client: Any) -> Iterator[Raw]:
    """All plans."""
    return _pages(client.plan.all, {})


def subscriptions(client: Any, plan_ref: str, since: datetime) -> Iterator[Raw]:
    """Subscriptions of a plan made since then."""
    params = {"plan_id": plan_ref, "from": math.floor(since.timestamp())}
    return _pages(client.subscription.all, params)


def links_since(client: Any, since: datetime) -> Iterator[Raw]:
    """Payment links from the newest to those of `since`; this list cannot be cut by time."""
    for page in range(PAGES_LOOKED_THROUGH):
        with translated():
            found = client.payment_link.all({"count": PAGE, "skip": page * PAGE})
        links = found["payment_links"]
        for link in links:
            if link["created_at"] < since.timestamp():
                return
            yield link
        if len(links) < PAGE:
            return


def _between(listed: Callable[[Raw], Raw], since: datetime, until: datetime) -> Iterator[Raw]:
    first, last = math.ceil(since.timestamp()), math.ceil(until.timestamp()) - 1
    if last < first:
        return iter(())
    return _pages(listed, {"from": first, "to": last})


def _pages(listed: Callable[[Raw], Raw], params: Raw) -> Iterator[Raw]:
    """Every item once: what is added to the front meanwhile pushes items onto the next page."""
    seen: set[str] = set()
    for page in range(MOST_PAGES):
        with translated():
            items = listed({**params, "count": PAGE, "skip": page * PAGE})["items"]
        for item in items:
            if item["id"] not in seen:
                seen.add(item["id"])
                yield item
        if len(items) < PAGE:
            return
    raise GatewayError("Razorpay's list does not end.", retryable=False)
