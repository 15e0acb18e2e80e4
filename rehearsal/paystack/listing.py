"""Lists as Paystack gives them: newest first, numbered pages, `from` and `to`, a `meta`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rehearsal.paystack.book import Row, moment, shown
from rehearsal.paystack.errors import PaystackRefusal

PER_PAGE, MOST_PER_PAGE = 50, 100


def page_of(rows: list[Row], query: Mapping[str, str]) -> dict[str, Any]:
    """{data, meta} of the page that is asked for."""
    rows = [row for row in rows if _within(row, query)]
    per_page = min(_number(query, "perPage", PER_PAGE), MOST_PER_PAGE)
    page = _number(query, "page", 1)
    first = (page - 1) * per_page
    return {
        "data": [shown(row) for row in rows[first : first + per_page]],
        "meta": {
            "total": len(rows),
            "skipped": first,
            "perPage": per_page,
            "page": page,
            "pageCount": -(-len(rows) // per_page),
        },
    }


def _within(row: Row, query: Mapping[str, str]) -> bool:
    """Both ends count."""
    made = moment(row.get("createdAt") or row["created_at"])
    since, until = _time(query, "from"), _time(query, "to")
    return (since is None or made >= since) and (until is None or made <= until)


def _time(query: Mapping[str, str], name: str) -> datetime | None:
    if not query.get(name):
        return None
    try:
        said = moment(query[name])
    except ValueError:
        raise PaystackRefusal(f"Invalid '{name}' date", code="invalid_params") from None
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def _number(query: Mapping[str, str], name: str, otherwise: int) -> int:
    text = query.get(name) or str(otherwise)
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise PaystackRefusal(f"{name} must be a positive number", code="invalid_params")
    return int(text)
