"""Disputes: a bank takes a payment back, the shop answers, somebody wins."""

from __future__ import annotations

import time
from typing import Any

from rehearsal.stripe.balance import balance_line
from rehearsal.stripe.book import Book, StripeObject, blank
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.webhooks import NO_REQUEST, Cause, Events

DUE_AFTER = 9 * 24 * 3600  # seconds to answer in
OUTCOMES = ("won", "lost", "warning_closed", "prevented")


class Disputes:
    """The happenings, with the book they change and the events they cause."""

    def __init__(self, book: Book, events: Events) -> None:
        self.book = book
        self.events = events

    def open(
        self,
        charge: StripeObject,
        *,
        amount: int | None = None,
        reason: str = "fraudulent",
        due_by: int | None = None,
        inquiry: bool = False,
        withdraw: bool = True,
    ) -> StripeObject:
        """A payer's bank asks back (part of) a charge; money goes at once unless it only asks."""
        if charge["status"] != "succeeded" or charge["disputed"]:
            raise StripeRefusal(f"Charge {charge['id']} cannot be disputed.")
        wanted = charge["amount_captured"] if amount is None else amount
        if not 0 < wanted <= charge["amount_captured"]:
            raise StripeRefusal("A dispute is about a part of the charge at most.", param="amount")
        dispute = blank(
            "dispute",
            amount=wanted,
            charge=charge["id"],
            currency=charge["currency"],
            is_charge_refundable=inquiry,
            payment_intent=charge["payment_intent"],
            reason=reason,
            status="warning_needs_response" if inquiry else "needs_response",
        )
        due = int(time.time()) + DUE_AFTER if due_by is None else due_by
        dispute["evidence_details"]["due_by"] = due
        charge["disputed"] = not inquiry
        self.book.save(dispute, charge)
        if withdraw and not inquiry:
            self._move(dispute, "dispute", -wanted)
        self.events.emit("charge.dispute.created", dispute)
        if dispute["balance_transactions"]:
            self.events.emit("charge.dispute.funds_withdrawn", dispute)
        return dispute

    def withdraw(self, dispute: StripeObject) -> StripeObject:
        """The money goes: also what an inquiry becomes when the bank insists."""
        if _moved(dispute):
            raise StripeRefusal("The money of this dispute has moved already.")
        if dispute["status"].startswith("warning_"):
            dispute["status"] = dispute["status"].removeprefix("warning_")
        charge = self.book.get("charge", dispute["charge"])
        charge["disputed"], dispute["is_charge_refundable"] = True, False
        self.book.save(charge)
        before = self._move(dispute, "dispute", -dispute["amount"])
        self.events.emit("charge.dispute.funds_withdrawn", dispute, previous=before)
        return dispute

    def update(self, dispute: StripeObject, changes: dict[str, Any]) -> StripeObject:
        """Any status, also ones nobody has heard of yet; `due_by` for a longer time to answer."""
        before: dict[str, Any] = {}
        if "status" in changes:
            before["status"], dispute["status"] = dispute["status"], changes["status"]
        if "due_by" in changes:
            before["evidence_details"] = dict(dispute["evidence_details"])
            dispute["evidence_details"]["due_by"] = changes["due_by"]
        self.book.save(dispute)
        self.events.emit("charge.dispute.updated", dispute, previous=before)
        return dispute

    def close(
        self, dispute: StripeObject, outcome: str, *, cause: Cause = NO_REQUEST
    ) -> StripeObject:
        """Won: the money comes back, the fee does not. Lost: both are gone."""
        if outcome not in OUTCOMES:
            raise StripeRefusal(f"The outcomes are {', '.join(OUTCOMES)}.")
        if dispute["status"] in OUTCOMES:
            raise StripeRefusal("This dispute is already closed.")
        before, dispute["status"] = {"status": dispute["status"]}, outcome
        self.book.save(dispute)
        if outcome == "won" and len(_moved(dispute)) == 1:
            self.reinstate(dispute)
        self.events.emit("charge.dispute.closed", dispute, previous=before, cause=cause)
        return dispute

    def reinstate(self, dispute: StripeObject) -> StripeObject:
        """The money comes back."""
        if len(_moved(dispute)) != 1:
            raise StripeRefusal("There is nothing to give back.")
        before = self._move(dispute, "dispute_reversal", dispute["amount"])
        self.events.emit("charge.dispute.funds_reinstated", dispute, previous=before)
        return dispute

    def _move(self, dispute: StripeObject, kind: str, amount: int) -> dict[str, Any]:
        """One more line of the account; returns `previous_attributes`."""
        lines = dispute["balance_transactions"]
        line = balance_line(self.book, dispute, kind=kind, amount=amount)
        if kind == "dispute_reversal":  # what was taken, whatever the rate is now
            line["amount"] = line["net"] = -lines[0]["amount"]
        dispute["balance_transactions"] = [*lines, line]
        self.book.save(line, dispute)
        return {"balance_transactions": lines}


def _moved(dispute: StripeObject) -> list[StripeObject]:
    lines: list[StripeObject] = dispute["balance_transactions"]
    return lines
