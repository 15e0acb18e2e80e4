"""The gateway's own accounts, to compare the shop's books with."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from rehearsal.stripe.book import Book, StripeObject

CONTENTS = {
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "invoices": "invoice",
    "invoice_payments": "invoice_payment",
    "subscriptions": "subscription",
    "balance_transactions": "balance_transaction",
    "sessions": "checkout.session",
}


def accounts(book: Book) -> dict[str, Any]:
    """All money objects, oldest first, and sums per currency in smallest units.

    `totals` is by what customers paid and got back, `balance` by the lines of the account, in the
    currency that is paid out: per reporting category, the fees, and what is left.
    """
    shown = {name: list(reversed(book.all(kind))) for name, kind in CONTENTS.items()}
    return {
        **shown,
        "totals": _totals(shown),
        "balance": _balance(shown["balance_transactions"]),
    }


def _totals(shown: dict[str, list[StripeObject]]) -> dict[str, dict[str, int]]:
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for charge in shown["charges"]:
        if charge["status"] == "succeeded":
            totals[charge["currency"]].update(charged=charge["amount_captured"], charges=1)
    for refund in shown["refunds"]:
        name = "refunded" if refund["status"] == "succeeded" else f"refund_{refund['status']}"
        count = {"refunds": 1} if refund["status"] == "succeeded" else {}
        totals[refund["currency"]].update({name: refund["amount"], **count})
    for dispute in shown["disputes"]:
        taken = len(dispute["balance_transactions"]) == 1  # a second line gives it back
        totals[dispute["currency"]].update(
            disputed=dispute["amount"], disputes=1, withdrawn=dispute["amount"] if taken else 0
        )
    return {currency: dict(sums) for currency, sums in totals.items()}


def _balance(lines: list[StripeObject]) -> dict[str, dict[str, int]]:
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        fees = "dispute_fees" if line["reporting_category"] == "dispute" else "fees"
        sums[line["currency"]].update(
            {line["reporting_category"]: line["amount"], fees: line["fee"], "net": line["net"]}
        )
    return {currency: dict(parts) for currency, parts in sums.items()}
