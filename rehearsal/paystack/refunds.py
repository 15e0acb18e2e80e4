"""Giving money back: asked for, worked on, done or stuck."""

from __future__ import annotations

from typing import Any

from rehearsal.paystack.book import Book, Row, now
from rehearsal.paystack.errors import PaystackRefusal
from rehearsal.paystack.money import checked_amount
from rehearsal.paystack.transactions import Transactions
from rehearsal.paystack.webhooks import Events

STATES = ("pending", "processing", "processed", "failed", "needs-attention")
OVER = ("processed", "failed")


class Refunds:
    """Refunds of paid transactions. `named`: whether their webhooks carry an id (often not)."""

    def __init__(self, book: Book, transactions: Transactions, events: Events) -> None:
        self.book = book
        self.transactions = transactions
        self.events = events
        self.named = False

    def ask(self, wanted: dict[str, Any]) -> Row:
        """A refund that is pending; never more altogether than came in."""
        paid = self.book.get("transaction", wanted.get("transaction") or "", "reference")
        if paid["status"] == "reversed":
            raise PaystackRefusal("Transaction has been fully reversed", code="fully_reversed")
        if paid["status"] != "success":
            raise PaystackRefusal("Transaction has not been paid", code="invalid_params")
        left = paid["amount"] - paid["_refunded"]
        currency = wanted.get("currency") or paid["currency"]
        if currency != paid["currency"]:
            raise PaystackRefusal("Currency does not match the transaction", code="invalid_params")
        amount, _ = checked_amount(wanted.get("amount") or left, currency)
        if amount > left:
            raise PaystackRefusal(
                "Refund amount cannot be more than the transaction amount", code="invalid_params"
            )
        at = now()
        refund = {
            "id": self.book.new_id(),
            "integration": 100032,
            "domain": "test",
            "transaction": paid["id"],
            "transaction_reference": paid["reference"],
            "dispute": None,
            "settlement": None,
            "amount": amount,
            "deducted_amount": 0,
            "currency": currency,
            "channel": paid["channel"],
            "fully_deducted": False,
            "status": "pending",
            "refunded_by": "shop@example.com",
            "refunded_at": None,
            "expected_at": at,
            "customer_note": wanted.get("customer_note") or f"Refund for {paid['reference']}",
            "merchant_note": wanted.get("merchant_note") or f"Refund for {paid['reference']}",
            "bank_reference": None,
            "createdAt": at,
            "updatedAt": at,
        }
        paid["_refunded"] += amount
        self.book.save("transaction", paid)
        self.book.save("refund", refund)
        self._tell(refund)
        return refund

    def move(self, refund: Row, status: str) -> Row:
        """Bring a refund further. A failed one leaves the money with the shop."""
        if status not in STATES:
            raise PaystackRefusal(f"The states are {', '.join(STATES)}.")
        if refund["status"] in OVER:
            return refund
        refund.update(status=status, updatedAt=now())
        paid = self.book.get("transaction", refund["transaction"])
        if status == "processed":
            refund.update(refunded_at=now(), fully_deducted=True, deducted_amount=refund["amount"])
        elif status == "failed":
            paid["_refunded"] -= refund["amount"]
            self.book.save("transaction", paid)
        self.book.save("refund", refund)
        if status == "processed" and self._given_back(paid) == paid["amount"]:
            self.transactions.reverse(paid)
        self._tell(refund)
        return refund

    def retry(self, refund: Row, details: Any) -> Row:
        """With the payer's bank account, for a refund that waits for one."""
        if refund["status"] != "needs-attention":
            raise PaystackRefusal("Refund is not in needs-attention", status=422)
        named = isinstance(details, dict) and {"currency", "account_number", "bank_id"} <= set(
            details
        )
        if not named:
            raise PaystackRefusal("refund_account_details is required", code="invalid_params")
        return self.move(refund, "processing")

    def _given_back(self, paid: Row) -> int:
        done = self.book.where("refund", transaction=paid["id"], status="processed")
        return sum(refund["amount"] for refund in done)

    def _tell(self, refund: Row) -> None:
        """The webhook is not the object: the amount is text, the id is often missing."""
        paid = self.book.get("transaction", refund["transaction"])
        done = refund["status"] == "processed"
        told = {
            "status": refund["status"],
            "transaction_reference": paid["reference"],
            "refund_reference": f"13{refund['id']}" if done else None,
            "amount": str(refund["amount"]),
            "currency": refund["currency"],
            "processor": "instant-transfer",
            "customer": {
                name: paid["customer"][name] for name in ("first_name", "last_name", "email")
            },
            "integration": refund["integration"],
            "domain": refund["domain"],
        }
        if self.named:
            told["id"] = refund["id"]
        self.events.emit(f"refund.{refund['status']}", told)
