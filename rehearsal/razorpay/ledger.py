"""The gateway's own accounts, to compare the shop's books with."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rehearsal.razorpay.book import Book

SUMS = ("captured", "refunded", "refunds_pending", "fees", "deducted", "net")


def accounts(book: Book) -> dict[str, Any]:
    """All that moved money, oldest first, and totals per currency in smallest units.

    `net` is what the account holds of each currency: captured less refunded (done), less fees, less
    what disputes took. Fees of foreign payments are rupees.
    """
    totals: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(SUMS, 0))
    payments, refunds, disputes = (
        list(reversed(book.all(kind))) for kind in ("payment", "refund", "dispute")
    )
    captured = {one["id"] for one in payments if one["captured"]}
    for payment in payments:
        if payment["id"] in captured:
            totals[payment["currency"]]["captured"] += payment["amount"]
            totals[payment["base_currency"]]["fees"] += payment["fee"]
    for refund in refunds:
        if refund["payment_id"] in captured and refund["status"] != "failed":
            done = "refunded" if refund["status"] == "processed" else "refunds_pending"
            totals[refund["currency"]][done] += refund["amount"]
    for dispute in disputes:
        totals[dispute["currency"]]["deducted"] += dispute["amount_deducted"]
    for sums in totals.values():
        sums["net"] = sums["captured"] - sums["refunded"] - sums["fees"] - sums["deducted"]
    return {
        "payments": payments,
        "refunds": refunds,
        "disputes": disputes,
        "orders": list(reversed(book.all("order"))),
        "links": list(reversed(book.all("link"))),
        "subscriptions": list(reversed(book.all("subscription"))),
        "invoices": list(reversed(book.all("invoice"))),
        "totals": dict(totals),
    }
