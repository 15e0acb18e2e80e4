"""Razorpay's disputes in our words."""

from datetime import datetime

from payments.gateways.interface import DisputeSeen, GatewayDispute, GatewayPayment
from payments.gateways.razorpay.reading import money
from payments.gateways.reading import Raw, named, reading, said, unix_moment

LONGEST_WORD = 200  # characters

STATES = {
    "open": DisputeSeen.NEEDS_RESPONSE,
    "under_review": DisputeSeen.UNDER_REVIEW,
    "won": DisputeSeen.WON,
    "lost": DisputeSeen.LOST,
    "closed": DisputeSeen.CLOSED,
}


def read_dispute(raw: Raw, payment: GatewayPayment, *, as_of: datetime) -> GatewayDispute:
    """A dispute of `payment`. Raises Unreadable.

    What is lost is taken from our balance, and nothing before. What was taken is said in the
    payer's currency: of a payment that was turned into ours it is not known.
    """
    with reading(f"dispute {raw.get('id')}"):
        status = said(raw.get("status"), LONGEST_WORD)
        deducted = raw.get("amount_deducted") if payment.settled is None else None
        return GatewayDispute(
            state=STATES.get(status, DisputeSeen.UNKNOWN),
            dispute_ref=named(raw["id"]),
            payment_ref=payment.payment_ref,
            reference=payment.reference,
            amount=money(raw["amount"], raw["currency"]),
            livemode=payment.livemode,
            said=status,
            reason=said(raw.get("reason_code"), LONGEST_WORD),
            due_by=unix_moment(raw.get("respond_by")),
            withdrawn=None if deducted is None else money(deducted, raw["currency"]),
            as_of=as_of,
            created_at=unix_moment(raw.get("created_at")),
        )
