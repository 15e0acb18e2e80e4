"""Stripe's disputes in our words, and the money Stripe takes for them.

A dispute carries its own lines of our account in `balance_transactions`: one when the money was
withdrawn, a second when it was given back, in the currency Stripe pays us in. An inquiry
(`warning_*`) has none. Source: docs.stripe.com/disputes/how-disputes-work and stripe/_dispute.py.
"""

from collections.abc import Callable
from typing import Any

from core.money import Money
from payments.gateways.interface import DisputeSeen, GatewayDispute, GatewayPayment
from payments.gateways.reading import Raw, named, reading, said, unix_moment
from payments.gateways.stripe.reading import money_of

LONGEST_WORD = 200  # characters

# `prevented` and `appeal_*` came with 2026 versions; what comes after them is UNKNOWN.
STATES = {
    "warning_needs_response": DisputeSeen.NEEDS_RESPONSE,
    "needs_response": DisputeSeen.NEEDS_RESPONSE,
    "appeal_needs_response": DisputeSeen.NEEDS_RESPONSE,
    "warning_under_review": DisputeSeen.UNDER_REVIEW,
    "under_review": DisputeSeen.UNDER_REVIEW,
    "appeal_under_review": DisputeSeen.UNDER_REVIEW,
    "warning_closed": DisputeSeen.CLOSED,
    "prevented": DisputeSeen.CLOSED,
    "won": DisputeSeen.WON,
    "lost": DisputeSeen.LOST,
}


def read_dispute(raw: Raw, payment: GatewayPayment) -> GatewayDispute:
    """A dispute of `payment`. Raises Unreadable; a status we do not know is no reason to."""
    with reading(f"dispute {raw.get('id')}"):
        status = said(raw["status"], LONGEST_WORD)
        amount = money_of(raw["amount"], raw["currency"])
        return GatewayDispute(
            state=STATES.get(status, DisputeSeen.UNKNOWN),
            dispute_ref=named(raw["id"]),
            payment_ref=payment.payment_ref,
            reference=payment.reference,
            amount=amount,
            livemode=payment.livemode,
            said=status,
            reason=said(raw.get("reason"), LONGEST_WORD),
            due_by=unix_moment((raw.get("evidence_details") or {}).get("due_by")),
            withdrawn=_altogether(raw, amount.currency, lambda line: -line["amount"]),
            fee=_altogether(raw, amount.currency, lambda line: line["fee"]),
            created_at=unix_moment(raw.get("created")),
        )


def _altogether(raw: Raw, currency: str, part: Callable[[Raw], Any]) -> Money | None:
    """The sum of `part` over the dispute's lines; None where they are not shown."""
    lines = raw.get("balance_transactions")
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        return None
    settles_in = lines[0]["currency"] if lines else currency
    return money_of(sum(part(line) for line in lines), settles_in)
