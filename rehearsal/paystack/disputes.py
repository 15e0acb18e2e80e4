"""A payer takes a payment to his bank."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rehearsal.paystack.book import Book, Row, now
from rehearsal.paystack.errors import PaystackRefusal
from rehearsal.paystack.transactions import Transactions
from rehearsal.paystack.webhooks import Events

TIME_TO_ANSWER = timedelta(days=2)
WAITING = ("awaiting-merchant-feedback", "awaiting-bank-feedback", "pending")
LOST = ("merchant-accepted", "auto-accepted")
RESOLUTIONS = (*LOST, "declined")


class Disputes:
    """Disputes of paid transactions; a lost one takes the money away."""

    def __init__(self, book: Book, transactions: Transactions, events: Events) -> None:
        self.book = book
        self.transactions = transactions
        self.events = events

    def open(self, paid: Row, amount: int | None, category: str) -> Row:
        """The payer complains."""
        at = now()
        due = (datetime.now(UTC) + TIME_TO_ANSWER).isoformat(timespec="milliseconds")
        dispute = {
            "id": self.book.new_id(),
            "refund_amount": amount or paid["amount"],
            "currency": paid["currency"],
            "status": "awaiting-merchant-feedback",
            "resolution": None,
            "domain": "test",
            "transaction_reference": None,
            "category": category,
            "customer": paid["customer"],
            "bin": "408408",
            "last4": "4081",
            "dueAt": due.replace("+00:00", "Z"),
            "resolvedAt": None,
            "evidence": None,
            "note": None,
            "history": [{"status": "pending", "by": paid["customer"]["email"], "createdAt": at}],
            "created_at": at,
            "updated_at": at,
            "createdAt": at,
            "_transaction": paid["id"],
        }
        self.book.save("dispute", dispute)
        self.events.emit("charge.dispute.create", self.shown(dispute))
        return dispute

    def wait(self, dispute: Row, status: str) -> Row:
        """Somebody's turn; Paystack reminds."""
        if status not in WAITING or dispute["status"] == "resolved":
            raise PaystackRefusal(f"A dispute does not wait as {status}.")
        dispute.update(status=status, updated_at=now())
        self.book.save("dispute", dispute)
        self.events.emit("charge.dispute.remind", self.shown(dispute))
        return dispute

    def resolve(self, dispute: Row, resolution: str) -> Row:
        """The end. Resolving again changes nothing."""
        if resolution not in RESOLUTIONS:
            raise PaystackRefusal(f"The resolutions are {', '.join(RESOLUTIONS)}.")
        if dispute["status"] == "resolved":
            return dispute
        at = now()
        dispute.update(status="resolved", resolution=resolution, resolvedAt=at, updated_at=at)
        self.book.save("dispute", dispute)
        paid = self._paid(dispute)
        if resolution in LOST and dispute["refund_amount"] == paid["amount"]:
            self.transactions.reverse(paid)
        self.events.emit("charge.dispute.resolve", self.shown(dispute))
        return dispute

    def shown(self, dispute: Row) -> Row:
        """With its transaction, whose metadata Paystack leaves out here."""
        paid = self.transactions.shown(self._paid(dispute))
        return {k: v for k, v in dispute.items() if not k.startswith("_")} | {
            "transaction": paid | {"metadata": ""}
        }

    def _paid(self, dispute: Row) -> Row:
        return self.book.get("transaction", dispute["_transaction"])
