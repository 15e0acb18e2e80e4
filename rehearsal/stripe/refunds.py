"""Giving money back: at once, later, or in the end not at all."""

from __future__ import annotations

from typing import Any

from rehearsal.stripe.balance import balance_line
from rehearsal.stripe.behaviour import behaviour_of
from rehearsal.stripe.book import Book, StripeObject, blank
from rehearsal.stripe.currency import readable
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.webhooks import NO_REQUEST, Cause, Events

FAILURES = (
    "charge_for_pending_refund_disputed", "declined", "expired_or_canceled_card",
    "insufficient_funds", "lost_or_stolen_card", "merchant_request", "unknown",
)  # fmt: skip


def give_back(
    book: Book,
    events: Events,
    charge: StripeObject,
    *,
    amount: int | None,
    values: dict[str, Any],
    cause: Cause = NO_REQUEST,
) -> StripeObject:
    """Give money back; refuses more than what is left. Returns the refund."""
    wanted = _checked_amount(charge, amount)
    refund = blank(
        "refund",
        amount=wanted,
        charge=charge["id"],
        currency=charge["currency"],
        payment_intent=charge["payment_intent"],
        status=behaviour_of(book)["refunds"],
        **values,
    )
    balance = balance_line(book, refund, kind="refund", amount=-wanted)
    refund["balance_transaction"] = balance["id"]
    before = _count(charge, wanted)
    book.save(balance, refund, charge)
    events.emit("refund.created", refund, cause=cause)
    events.emit("charge.refunded", charge, previous=before, cause=cause)
    return refund


def succeed(book: Book, events: Events, refund: StripeObject) -> StripeObject:
    """A refund on its way arrives."""
    if refund["status"] not in ("pending", "requires_action"):
        raise StripeRefusal(f"Refund {refund['id']} is {refund['status']} already.")
    before = {"status": refund["status"]}
    refund["status"] = "succeeded"
    book.save(refund)
    events.emit("refund.updated", refund, previous=before)
    return refund


def fail(book: Book, events: Events, refund: StripeObject, *, reason: str) -> StripeObject:
    """The bank sends the money back, days later perhaps: it is ours again."""
    if reason not in FAILURES:
        raise StripeRefusal(f"The reasons are {', '.join(FAILURES)}.")
    if refund["status"] in ("failed", "canceled"):
        raise StripeRefusal(f"Refund {refund['id']} is {refund['status']} already.")
    charge = book.get("charge", refund["charge"])
    back = balance_line(book, refund, kind="refund_failure", amount=refund["amount"])
    taken = book.get("balance_transaction", refund["balance_transaction"])
    back["amount"] = back["net"] = -taken["amount"]  # whatever the rate is now
    before = {"status": refund["status"], "failure_reason": None}
    refund.update(status="failed", failure_reason=reason, failure_balance_transaction=back["id"])
    counted_before = _count(charge, -refund["amount"])
    book.save(back, refund, charge)
    events.emit("refund.failed", refund, previous=before)
    events.emit("refund.updated", refund, previous=before)
    events.emit("charge.updated", charge, previous=counted_before)
    return refund


def _checked_amount(charge: StripeObject, amount: int | None) -> int:
    left: int = charge["amount_captured"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise StripeRefusal(f"Charge {charge['id']} has not been paid.", param="charge")
    if charge["disputed"]:
        raise StripeRefusal(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if left == 0:
        raise StripeRefusal(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    wanted = left if amount is None else amount
    if wanted < 1:
        raise StripeRefusal(
            "Invalid positive integer", code="parameter_invalid_integer", param="amount"
        )
    if wanted > left:
        raise StripeRefusal(
            f"Refund amount ({readable(wanted, charge['currency'])}) is greater than unrefunded"
            f" amount on charge ({readable(left, charge['currency'])})",
            param="amount",
        )
    return wanted


def _count(charge: StripeObject, more: int) -> dict[str, Any]:
    """Refunded so far, up or down; returns how it was."""
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += more
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    return before
