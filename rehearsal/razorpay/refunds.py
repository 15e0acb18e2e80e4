"""Giving money back: asked for at once, done or failed later."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from rehearsal.razorpay import shapes
from rehearsal.razorpay.book import Book, Entity
from rehearsal.razorpay.errors import RazorpayRefusal
from rehearsal.razorpay.payments import now
from rehearsal.razorpay.webhooks import Events

PROCESSED_AFTER = 20  # seconds; Razorpay takes days
KEY = re.compile(r"[A-Za-z0-9_-]+")
SHORTEST_KEY = 10


class Refunds:
    """Refunds and what becomes of them."""

    def __init__(self, book: Book, events: Events) -> None:
        self.book = book
        self.events = events

    def create(self, payment: Entity, params: dict[str, Any], key: str | None) -> Entity:
        """A refund on its way; the same key and body are the same refund."""
        if key is None:
            return self._create(payment, params)
        _check_key(key)
        asked = _fingerprint(payment["id"], params)
        first = self.book.known(f"key:{key}", "refund")
        if first is not None:
            if self.book.known(f"key:{key}", "asked") != asked:
                raise RazorpayRefusal(
                    "Different request with the same idempotency key has already been processed.",
                    status=409,
                )
            return self.book.get("refund", first)
        refund = self._create(payment, params)
        self.book.know(f"key:{key}", refund=refund["id"], asked=asked)
        return refund

    def process(self, refund: Entity) -> Entity:
        """The bank has it."""
        _must_be_pending(refund)
        refund.update(status="processed", acquirer_data={"arn": "10000000000000"})
        return self._told(refund, "refund.processed")

    def fail(self, refund: Entity) -> Entity:
        """It does not come about: the money is the shop's again."""
        _must_be_pending(refund)
        refund["status"] = "failed"
        self._count(self.book.get("payment", refund["payment_id"]), -refund["amount"])
        return self._told(refund, "refund.failed")

    def process_due(self) -> None:
        """What was asked for a while ago is done."""
        for refund in list(self.book.where("refund", status="pending")):
            if refund["created_at"] + PROCESSED_AFTER <= now():
                self.process(refund)

    def _create(self, payment: Entity, params: dict[str, Any]) -> Entity:
        left = payment["amount"] - payment["amount_refunded"]
        if payment["status"] == "refunded" or (payment["captured"] and left == 0):
            raise RazorpayRefusal("The payment has been fully refunded already.")
        if not payment["captured"]:
            raise RazorpayRefusal("The payment status should be captured for action to be taken")
        amount = params.get("amount", left)
        if amount > left:
            raise RazorpayRefusal(
                "The refund amount provided is greater than amount captured", field="amount"
            )
        if amount < 1:
            raise RazorpayRefusal("The amount must be at least INR 1.00", field="amount")
        refund = shapes.refund(payment["id"], payment["currency"], params | {"amount": amount})
        self._count(payment, amount)
        return self._told(refund, "refund.created")

    def _count(self, payment: Entity, amount: int) -> None:
        """`amount_refunded` counts what is on its way as well, and falls when that fails."""
        refunded = payment["amount_refunded"] + amount
        full = refunded == payment["amount"]
        payment.update(
            amount_refunded=refunded,
            refund_status="full" if full else "partial" if refunded else None,
            status="refunded" if full else "captured",
        )
        self.book.save("payment", payment)

    def _told(self, refund: Entity, event: str) -> Entity:
        self.book.save("refund", refund)
        payment = self.book.get("payment", refund["payment_id"])
        self.events.emit(event, refund=refund, payment=payment)
        return refund


def _must_be_pending(refund: Entity) -> None:
    if refund["status"] != "pending":
        raise RazorpayRefusal(f"This refund is {refund['status']}.")


def _check_key(key: str) -> None:
    if len(key) < SHORTEST_KEY:
        raise RazorpayRefusal("The idempotency key must be at least 10 characters long.")
    if not KEY.fullmatch(key):
        raise RazorpayRefusal(
            "The idempotency key must only contain alphanumeric characters, underscores, and "
            "hyphens"
        )


def _fingerprint(payment_id: str, params: dict[str, Any]) -> str:
    said = json.dumps([payment_id, params], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()
