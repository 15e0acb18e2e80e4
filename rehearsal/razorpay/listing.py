"""Lists as Razorpay gives them: newest first, between two times, cut by `count` and `skip`."""

from __future__ import annotations

from typing import Any

from rehearsal.razorpay.book import Entity
from rehearsal.razorpay.errors import RazorpayRefusal

DEFAULT_COUNT, MOST = 10, 100


def page_of(entities: list[Entity], params: dict[str, Any]) -> list[Entity]:
    """The part that `from`, `to` (both included), `skip` and `count` ask for."""
    count = params.get("count", DEFAULT_COUNT)
    if not 1 <= count <= MOST:
        raise RazorpayRefusal(f"The count must be between 1 and {MOST}.", field="count")
    first, last = params.get("from", 0), params.get("to", 2**63)
    fitting = [one for one in entities if first <= one["created_at"] <= last]
    skip = params.get("skip", 0)
    return fitting[skip : skip + count]


def collection(entities: list[Entity]) -> dict[str, Any]:
    """A list in its envelope."""
    return {"entity": "collection", "count": len(entities), "items": entities}
