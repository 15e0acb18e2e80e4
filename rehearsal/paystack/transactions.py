"""A transaction: initialized, tried, paid. Nothing here knows HTTP."""

from __future__ import annotations

import json
import re
from typing import Any

from rehearsal.paystack.book import Book, Row, code, now, shown
from rehearsal.paystack.customers import brief, customer_of
from rehearsal.paystack.errors import PaystackRefusal
from rehearsal.paystack.money import checked_amount, fee_of
from rehearsal.paystack.webhooks import Events

REFERENCE = re.compile(r"[A-Za-z0-9.=-]{1,100}")
WAITING = "The transaction was not completed"
PAYABLE = ("abandoned", "failed", "ongoing", "pending", "processing", "queued")
CARD = {
    "bin": "408408", "last4": "4081", "exp_month": "12", "exp_year": "2034", "channel": "card",
    "card_type": "visa", "bank": "TEST BANK", "country_code": "NG", "brand": "visa",
    "reusable": True, "signature": "SIG_yEXu7dLBeqG0kU7g95Ke", "account_name": None,
}  # fmt: skip


class Transactions:
    """What happens to a transaction, with the book it changes and the news it causes.

    `failures_told`: whether charge.failed is sent, which Paystack's own list does not name.
    """

    def __init__(self, book: Book, events: Events, base_url: str) -> None:
        self.book = book
        self.events = events
        self.base_url = base_url
        self.failures_told = False

    def initialize(self, wanted: dict[str, Any]) -> Row:
        """A new transaction with its page; a reference can be used once."""
        plan = self._plan(wanted.get("plan"))
        amount = plan["amount"] if plan else wanted.get("amount")
        currency = plan["currency"] if plan else wanted.get("currency") or "NGN"
        number, currency = checked_amount(amount, currency)
        reference = wanted.get("reference") or code("", 10)
        if not isinstance(reference, str) or not REFERENCE.fullmatch(reference):
            raise PaystackRefusal(
                "Invalid character in transaction reference", code="invalid_params"
            )
        if next(self.book.where("transaction", reference=reference), None) is not None:
            raise PaystackRefusal("Duplicate Transaction Reference", code="duplicate_reference")
        customer = customer_of(self.book, wanted.get("email"))
        row = blank(self.book, customer, number, currency, reference)
        row["metadata"] = _metadata(wanted.get("metadata"))
        row["plan"] = plan["plan_code"] if plan else None
        row["plan_object"] = shown(plan) if plan else {}
        row["_access_code"] = code("")
        row["_callback_url"] = wanted.get("callback_url") or ""
        self.book.save("transaction", row)
        return row

    def page(self, row: Row) -> str:
        """Where the payer pays."""
        return f"{self.base_url}/paystack/pay/{row['_access_code']}"

    def pay(self, row: Row, *, email: str | None = None) -> Row:
        """The money comes in. Paying again changes nothing."""
        if row["status"] not in PAYABLE:
            return row
        if email:
            row["customer"] = brief(customer_of(self.book, email))
        at = now()
        row.update(
            status="success",
            gateway_response="Successful",
            message=None,
            paid_at=at,
            paidAt=at,
            fees=fee_of(row["amount"], row["currency"]),
            authorization=CARD | {"authorization_code": code("AUTH_", 10)},
        )
        self.book.save("transaction", row)
        self.events.emit("charge.success", self.shown(row))
        return row

    def fail(self, row: Row) -> Row:
        """The bank says no. The page stays: the payer may try again."""
        if row["status"] not in PAYABLE:
            return row
        row.update(status="failed", gateway_response="Declined", message="Declined")
        self.book.save("transaction", row)
        if self.failures_told:
            self.events.emit("charge.failed", self.shown(row))
        return row

    def move(self, row: Row, status: str) -> Row:
        """To a state that is on the way: abandoned, ongoing, pending, processing, queued."""
        if status not in PAYABLE or status == "failed":
            raise PaystackRefusal(f"A transaction does not wait as {status}.")
        if row["status"] in PAYABLE:
            row.update(status=status, gateway_response=WAITING)
            self.book.save("transaction", row)
        return row

    def reverse(self, row: Row) -> None:
        """All of it has gone back."""
        row.update(status="reversed")
        self.book.save("transaction", row)

    def shown(self, row: Row) -> Row:
        """The transaction as Paystack shows it: with what it was told to show instead."""
        return shown(row) | row["_shown_instead"]

    def _plan(self, wanted: Any) -> Row | None:
        return self.book.get("plan", str(wanted), "plan_code") if wanted else None


def blank(book: Book, customer: Row, amount: int, currency: str, reference: str) -> Row:
    """A transaction nobody has paid yet: Paystack calls it abandoned."""
    at = now()
    return {
        "id": book.new_id(),
        "domain": "test",
        "status": "abandoned",
        "reference": reference,
        "amount": amount,
        "requested_amount": amount,
        "message": None,
        "gateway_response": WAITING,
        "paid_at": None,
        "created_at": at,
        "channel": "card",
        "currency": currency,
        "ip_address": "127.0.0.1",
        "metadata": {},
        "log": None,
        "fees": None,
        "fees_split": None,
        "authorization": {},
        "customer": brief(customer),
        "plan": None,
        "split": {},
        "order_id": None,
        "paidAt": None,
        "createdAt": at,
        "pos_transaction_data": None,
        "source": None,
        "fees_breakdown": None,
        "transaction_date": at,
        "plan_object": {},
        "subaccount": {},
        "_refunded": 0,
        "_shown_instead": {},
    }


def _metadata(given: Any) -> Any:
    """An object, or JSON text of one; "" where nothing was sent."""
    if isinstance(given, str) and given:
        try:
            return json.loads(given)
        except ValueError:
            return given
    return given or ""
