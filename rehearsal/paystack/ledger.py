"""The gateway's own accounts, to compare the shop's books with to the cent."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rehearsal.paystack.book import Book, shown
from rehearsal.paystack.disputes import LOST


def accounts(book: Book) -> dict[str, Any]:
    """All that moved money, oldest first, and totals per currency in hundredths.

    net = charged - refunded - disputed - fees; refunds count when they are processed.
    """
    totals: dict[str, dict[str, int]] = defaultdict(
        lambda: {
            "charged": 0, "refunded": 0, "disputed": 0, "fees": 0, "net": 0,
            "charges": 0, "refunds": 0, "disputes": 0,
        }
    )  # fmt: skip
    charges = [row for row in reversed(book.all("transaction")) if row["paid_at"]]
    refunds = [row for row in reversed(book.all("refund")) if row["status"] == "processed"]
    lost = [row for row in reversed(book.all("dispute")) if row["resolution"] in LOST]
    for row in charges:
        of = totals[row["currency"]]
        of["charged"] += row["amount"]
        of["fees"] += row["fees"]
        of["charges"] += 1
        of["net"] += row["amount"] - row["fees"]
    for kind, field, rows in (("refund", "amount", refunds), ("dispute", "refund_amount", lost)):
        for row in rows:
            of = totals[row["currency"]]
            of[f"{kind}ed" if kind == "refund" else "disputed"] += row[field]
            of[f"{kind}s"] += 1
            of["net"] -= row[field]
    return {
        "charges": [shown(row) for row in charges],
        "refunds": [shown(row) for row in reversed(book.all("refund"))],
        "disputes": [shown(row) for row in reversed(book.all("dispute"))],
        "totals": dict(totals),
    }
