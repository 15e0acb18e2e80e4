"""Paystack's disputes in our words."""

from datetime import datetime
from typing import Any

from core.money import Money
from payments.gateways.interface import DisputeSeen, GatewayDispute, GatewayPayment
from payments.gateways.paystack.reading import guarded, is_live, moment, money, number_of
from payments.gateways.reading import Raw, word

# Pending is nobody's turn yet; better looked at once too often than a deadline missed.
WAITING = {
    "awaiting-merchant-feedback": DisputeSeen.NEEDS_RESPONSE,
    "pending": DisputeSeen.NEEDS_RESPONSE,
    "awaiting-bank-feedback": DisputeSeen.UNDER_REVIEW,
}
# Whose word it is: "declined" is the shop's answer to the claim, and it held.
RESOLVED = {
    "declined": DisputeSeen.WON,
    "merchant-accepted": DisputeSeen.LOST,
    "auto-accepted": DisputeSeen.LOST,  # the deadline passed
}


def read_dispute(raw: Any, payment: GatewayPayment, *, as_of: datetime) -> GatewayDispute:
    """A dispute of `payment` as it stood at `as_of`. Raises Unreadable."""

    def reader(raw: Raw) -> GatewayDispute:
        state, said = _state(raw)
        amount = _amount(raw, payment)
        return GatewayDispute(
            state=state,
            dispute_ref=number_of(raw["id"]),
            payment_ref=payment.payment_ref,
            reference=payment.reference,
            amount=amount,
            livemode=is_live(raw["domain"]),
            said=said,
            reason=word(raw.get("category")),
            due_by=moment(raw.get("dueAt")),
            withdrawn=_withdrawn(state, amount),
            as_of=as_of,
            created_at=moment(raw.get("created_at") or raw.get("createdAt")),
        )

    return guarded(reader, raw)


def _state(raw: Raw) -> tuple[DisputeSeen, str]:
    """(in our words, in theirs)."""
    status, resolution = word(raw.get("status")), word(raw.get("resolution"))
    if status != "resolved":
        return WAITING.get(status, DisputeSeen.UNKNOWN), status
    said = f"{status}: {resolution}" if resolution else status
    return RESOLVED.get(resolution, DisputeSeen.UNKNOWN), said


def _amount(raw: Raw, payment: GatewayPayment) -> Money:
    """What is disputed; a dispute that does not say is about all of it."""
    number = raw.get("refund_amount")
    return payment.amount if number is None else money(number, raw["currency"])


def _withdrawn(state: DisputeSeen, amount: Money) -> Money | None:
    """Paystack takes the money when a dispute is lost, not before."""
    if state is DisputeSeen.LOST:
        return amount
    return Money.zero(amount.currency) if state is DisputeSeen.WON else None
