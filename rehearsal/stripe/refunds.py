"""Giving money back."""

from __future__ import annotations

from typing import Any

from rehearsal.stripe.book import Book, StripeObject, blank
from rehearsal.stripe.charges import balance_line
from rehearsal.stripe.currency import readable
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.webhooks import NO_REQUEST, Cause, Events


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
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise StripeRefusal(f"Charge {charge['id']} has not been paid.", param="charge")
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
    refund = blank(
        "refund",
        amount=wanted,
        charge=charge["id"],
        currency=charge["currency"],
        payment_intent=charge["payment_intent"],
        **values,
    )
    balance = balance_line(refund, kind="refund", amount=-wanted)
    refund["balance_transaction"] = balance["id"]
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += wanted
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    book.save(balance, refund, charge)
    events.emit("refund.created", refund, cause=cause)
    events.emit("charge.refunded", charge, previous=before, cause=cause)
    return refund
