"""The gateway's own accounts, to compare the shop's books with."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rehearsal.stripe.book import Book


def accounts(book: Book) -> dict[str, Any]:
    """All money objects, oldest first, and totals per currency in smallest units."""
    totals: dict[str, dict[str, int]] = defaultdict(
        lambda: {"charged": 0, "refunded": 0, "fees": 0, "net": 0, "charges": 0, "refunds": 0}
    )
    charges = list(reversed(book.all("charge")))
    refunds = list(reversed(book.all("refund")))
    balance = list(reversed(book.all("balance_transaction")))
    for charge in charges:
        if charge["status"] == "succeeded":
            totals[charge["currency"]]["charged"] += charge["amount_captured"]
            totals[charge["currency"]]["charges"] += 1
    for refund in refunds:
        if refund["status"] == "succeeded":
            totals[refund["currency"]]["refunded"] += refund["amount"]
            totals[refund["currency"]]["refunds"] += 1
    for line in balance:
        totals[line["currency"]]["fees"] += line["fee"]
        totals[line["currency"]]["net"] += line["net"]
    return {
        "charges": charges,
        "refunds": refunds,
        "balance_transactions": balance,
        "sessions": list(reversed(book.all("checkout.session"))),
        "totals": dict(totals),
    }
