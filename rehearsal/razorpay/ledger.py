"""The gateway's own accounts, to compare the shop's books with."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rehearsal.razorpay.book import Book
from rehearsal.razorpay.currency import HOME, in_rupees

SUMS = ("captured", "refunded", "fees", "deducted", "net")


def accounts(book: Book) -> dict[str, Any]:
    """All that moved money, oldest first, and totals per currency in smallest units.

    captured, refunded (from the moment it is asked for, until it fails) and deducted (lost
    disputes) are in the payer's currency. fees and `net`, which is what the account holds, are in
    rupees: that is what Razorpay turns everything into.
    """
    totals: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(SUMS, 0))
    payments, refunds, disputes = (
        list(reversed(book.all(kind))) for kind in ("payment", "refund", "dispute")
    )
    captured = {one["id"] for one in payments if one["captured"]}
    for payment in payments:
        if payment["id"] in captured:
            totals[payment["currency"]]["captured"] += payment["amount"]
            totals[HOME]["fees"] += payment["fee"]
            totals[HOME]["net"] += payment["base_amount"] - payment["fee"]
    for refund in refunds:
        if refund["payment_id"] in captured and refund["status"] != "failed":
            totals[refund["currency"]]["refunded"] += refund["amount"]
            totals[HOME]["net"] -= refund["base_amount"]
    for dispute in disputes:
        totals[dispute["currency"]]["deducted"] += dispute["amount_deducted"]
        totals[HOME]["net"] -= in_rupees(dispute["amount_deducted"], dispute["currency"])
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
