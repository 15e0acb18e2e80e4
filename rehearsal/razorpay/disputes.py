"""A payer goes to his bank."""

from __future__ import annotations

from rehearsal.razorpay import shapes
from rehearsal.razorpay.book import Book, Entity
from rehearsal.razorpay.errors import RazorpayRefusal
from rehearsal.razorpay.webhooks import Events

RESPOND_SECONDS = 7 * 86_400
STEPS = {
    "action_required": "open",
    "under_review": "under_review",
    "won": "won",
    "lost": "lost",
    "closed": "closed",
}
"""The event's last word, and the status it leaves the dispute in."""


class Disputes:
    """Disputes from their beginning to their end."""

    def __init__(self, book: Book, events: Events) -> None:
        self.book = book
        self.events = events

    def open(self, payment: Entity, *, amount: int | None, reason: str) -> Entity:
        """The bank wants the money back, or part of it."""
        if not payment["captured"]:
            raise RazorpayRefusal("Only captured payments are disputed.")
        dispute = shapes.dispute(
            payment, amount=amount or payment["amount"], reason=reason, seconds=RESPOND_SECONDS
        )
        return self._told(dispute, "created")

    def move(self, dispute: Entity, step: str) -> Entity:
        """One step on. What is lost is taken from the account, and nothing before."""
        if step not in STEPS:
            raise RazorpayRefusal(f"The steps are {', '.join(STEPS)}.")
        if dispute["status"] in ("won", "lost", "closed"):
            raise RazorpayRefusal(f"This dispute is {dispute['status']}.")
        dispute["status"] = STEPS[step]
        if step == "lost":
            dispute["amount_deducted"] = dispute["amount"]
        return self._told(dispute, step)

    def _told(self, dispute: Entity, step: str) -> Entity:
        self.book.save("dispute", dispute)
        payment = self.book.get("payment", dispute["payment_id"])
        self.events.emit(f"payment.dispute.{step}", payment=payment, dispute=dispute)
        return dispute
