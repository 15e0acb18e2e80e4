"""The buttons of the payment page, and what follows from them."""

from __future__ import annotations

from rehearsal.paystack.book import Row
from rehearsal.paystack.errors import PaystackRefusal
from rehearsal.paystack.subscriptions import Subscriptions
from rehearsal.paystack.transactions import Transactions

WAITS = {"abandon": "abandoned", "slow": "pending"}
STEPS = ("pay", "fail", "abandon", "slow", "ongoing", "processing", "queued", "pending")


class Steps:
    """One place for the page and the control API."""

    def __init__(self, transactions: Transactions, subscriptions: Subscriptions) -> None:
        self.transactions = transactions
        self.subscriptions = subscriptions

    def press(self, row: Row, step: str, *, email: str | None = None) -> Row:
        """Do one of STEPS; refuses others. The first payment of a plan begins a subscription."""
        if step not in STEPS:
            raise PaystackRefusal(f"The steps are {', '.join(STEPS)}.")
        if step == "fail":
            return self.transactions.fail(row)
        if step != "pay":
            return self.transactions.move(row, WAITS.get(step, step))
        self.transactions.pay(row, email=email)
        self.subscriptions.begun_by(row)
        return row
