"""Stripe's disputes in our words."""

from datetime import UTC, datetime
from typing import Any

from payments.gateways.interface import DisputeSeen, GatewayDispute, GatewayPayment
from payments.gateways.minor_units import from_gateway

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


def read_dispute(raw: dict[str, Any], payment: GatewayPayment) -> GatewayDispute:
    """A dispute of `payment`. A thin one, or one of another shape, is at least named."""
    said = _word(raw, "status")
    return GatewayDispute(
        state=STATES.get(said, DisputeSeen.UNKNOWN),
        dispute_ref=_word(raw, "id"),
        payment_ref=payment.payment_ref,
        reference=payment.reference,
        amount=_amount(raw, payment),
        livemode=payment.livemode,
        said=said,
        reason=_word(raw, "reason"),
        due_by=_moment((raw.get("evidence_details") or {}).get("due_by")),
        created_at=_moment(raw.get("created")),
    )


def _amount(raw: dict[str, Any], payment: GatewayPayment) -> Any:
    number, currency = raw.get("amount"), raw.get("currency")
    if isinstance(number, int) and not isinstance(number, bool) and isinstance(currency, str):
        return from_gateway("stripe", number, currency)
    return payment.amount


def _moment(seconds: Any) -> datetime | None:
    usable = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < 2**33
    return datetime.fromtimestamp(seconds, UTC) if usable else None


def _word(raw: dict[str, Any], name: str) -> str:
    """One of the gateway's words, as far as it can be kept."""
    return str(raw.get(name) or "").replace("\x00", "")[:LONGEST_WORD]
