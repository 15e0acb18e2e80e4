"""How the gateway behaves in matters that differ from account to account.

`refunds`: the status a new refund is born with. `settlement`: {"currency": "usd", "rates":
{"jpy": "0.0065"}}, smallest units times rate; charges in a named currency are paid out in the
other one. `events`: what is sent, "snapshot", "thin" or "both".
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from rehearsal.checked import Unfit
from rehearsal.stripe.book import Book

NAME = "behaviour"
REFUND_STATUSES = ("succeeded", "pending", "requires_action")
EVENT_STYLES = ("snapshot", "thin", "both")


def behaviour_of(book: Book) -> dict[str, Any]:
    """What is set now."""
    plain = {"refunds": "succeeded", "settlement": None, "events": "snapshot"}
    return plain | book.private.get(NAME, {})


def change_behaviour(book: Book, raw: dict[str, Any]) -> dict[str, Any]:
    """Change what is named, all of it or nothing; returns how it is then."""
    for name, value in raw.items():
        if name == "refunds":
            fits = value in REFUND_STATUSES
        elif name == "events":
            fits = value in EVENT_STYLES
        else:
            fits = name == "settlement" and (value is None or _is_settlement(value))
        if not fits:
            raise Unfit(f"{name} cannot be {value!r}")
    book.save_private(NAME, **raw)
    return behaviour_of(book)


def settlement_of(book: Book, currency: str) -> tuple[str, Decimal | None]:
    """(the currency money in `currency` is paid out in, the rate when it is another one)."""
    wanted = behaviour_of(book)["settlement"] or {}
    rate = wanted.get("rates", {}).get(currency)
    if rate is None or wanted["currency"] == currency:
        return currency, None
    return wanted["currency"], Decimal(rate)


def _is_settlement(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"currency", "rates"}:
        return False
    rates = value["rates"]
    return (
        isinstance(value["currency"], str)
        and isinstance(rates, dict)
        and all(_is_rate(rate) for rate in rates.values())
    )


def _is_rate(value: Any) -> bool:
    try:
        return isinstance(value, str) and Decimal(value) > 0
    except InvalidOperation:
        return False
