"""What a dispute does to the books.

What the gateway has withdrawn stands in `disputes:<gateway>` until the dispute is decided: it comes
back when it is won and becomes a loss when it is lost. Each booking is the difference between where
the money was and where it is, so any order of news ends in the same figures.
"""

from collections.abc import Sequence

from core.money import Money
from payments.enums import DisputeState
from payments.models import Dispute, Payment
from payments.services.books.accounts import (
    DISPUTE_LOSSES,
    Account,
    at_gateway,
    dispute_fees_of,
    disputes_of,
)
from payments.services.books.ledger import Line, post


def position(dispute: Dispute) -> list[Line]:
    """Where the money of a dispute is, as balanced lines: gone from the gateway; a claim of ours
    while nobody has decided, or when it was won and has not come back yet; else a loss."""
    lost = dispute.state == DisputeState.LOST
    held = at_gateway(dispute.gateway)
    return [
        (held, -dispute.withdrawn),
        (DISPUTE_LOSSES if lost else disputes_of(dispute.gateway), dispute.withdrawn),
        (held, -dispute.fee),
        (dispute_fees_of(dispute.gateway), dispute.fee),
    ]


def follow(payment: Payment, dispute: Dispute, before: Sequence[Line]) -> None:
    """Book the difference between the position `before` and the one now."""
    undone = [(account, -amount) for account, amount in before]
    entries = _summed([*position(dispute), *undone])
    if not entries:
        return
    dispute.bookings += 1
    dispute.save(update_fields=["bookings", "updated_at"])
    post(
        kind="dispute",
        source=f"{dispute.pk}:{dispute.bookings}",
        payment_id=payment.pk,
        description=f"Dispute {dispute.gateway_ref} of {payment.reference}: "
        f"{dispute.get_state_display().lower()}, {dispute.withdrawn} withdrawn",
        entries=entries,
    )


def _summed(lines: Sequence[Line]) -> list[Line]:
    """One line per account and currency, without those that come to nothing."""
    sums: dict[tuple[Account, str], int] = {}
    for account, amount in lines:
        key = (account, amount.currency)
        sums[key] = sums.get(key, 0) + amount.minor
    return [(account, Money(minor, code)) for (account, code), minor in sums.items() if minor]
