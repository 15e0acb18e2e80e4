"""A payer's bank takes money back: kept as the gateway shows it, booked as the money moves."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.audit import record_audit
from core.events import Retry
from core.money import Money
from payments.enums import OPEN_DISPUTES, DisputeState
from payments.gateways.interface import DisputeSeen, GatewayDispute
from payments.house import as_house
from payments.locks import lock_attempt
from payments.models import Dispute, Payment, PaymentAttempt
from payments.services import history
from payments.services.disputes.books import follow, position
from payments.services.standing import restate

STATES: dict[DisputeSeen, DisputeState] = {
    DisputeSeen.NEEDS_RESPONSE: DisputeState.NEEDS_RESPONSE,
    DisputeSeen.UNDER_REVIEW: DisputeState.UNDER_REVIEW,
    DisputeSeen.WON: DisputeState.WON,
    DisputeSeen.LOST: DisputeState.LOST,
    DisputeSeen.CLOSED: DisputeState.CLOSED,
    DisputeSeen.UNKNOWN: DisputeState.UNKNOWN,
}
# among news of one moment the later step wins; a word we do not know moves nothing that is decided
RANK = {
    DisputeState.UNKNOWN: 0,
    DisputeState.NEEDS_RESPONSE: 10,
    DisputeState.UNDER_REVIEW: 20,
    DisputeState.WON: 30,
    DisputeState.LOST: 30,
    DisputeState.CLOSED: 30,
}


class TooEarly(Retry):
    """The dispute overtook the news that the money came in: the delivery is tried again."""


def observe(*, attempt_id: UUID, seen: GatewayDispute, source: str) -> Dispute | None:
    """Bring one dispute up to what the gateway shows; news that is older than what we know
    changes nothing. None when it does not fit the attempt. Raises TooEarly.
    """
    with as_house("dispute"), transaction.atomic(savepoint=False):
        payment, attempt = lock_attempt(attempt_id)
        if not attempt.captured:
            raise TooEarly(f"{payment.reference} is not known to be paid yet.")
        if attempt.livemode is not None and seen.livemode != attempt.livemode:
            return None
        dispute = Dispute.objects.filter(
            gateway=attempt.gateway, gateway_ref=seen.dispute_ref
        ).first()
        is_new = dispute is None
        if dispute is None:
            dispute = _opened(attempt, seen)
        elif not _is_later(dispute, seen):
            return dispute
        _advance(payment, attempt, dispute, seen, source, is_new=is_new)
        return dispute


@transaction.atomic
def note_dispute(*, dispute_id: UUID, notes: str) -> Dispute:
    """Keep what staff noted: evidence sent, who is on it. Raises Dispute.DoesNotExist."""
    with as_house("note on a dispute"):
        dispute = Dispute.objects.select_for_update().get(pk=dispute_id)
        dispute.notes = notes.strip()
        dispute.save(update_fields=["notes", "updated_at"])
    record_audit(action="dispute.note", resource=dispute)
    return dispute


def _opened(attempt: PaymentAttempt, seen: GatewayDispute) -> Dispute:
    currency = seen.amount.currency
    return Dispute(
        payment=attempt.payment,
        attempt=attempt,
        gateway=attempt.gateway,
        gateway_ref=seen.dispute_ref,
        amount_minor=seen.amount.minor,
        currency=currency,
        state=DisputeState.UNKNOWN,
        withdrawn_currency=currency,
        fee_currency=currency,
        opened_at=seen.created_at or history.now(),
        as_of=_as_of(seen),
    )


def _as_of(seen: GatewayDispute) -> datetime:
    """What was asked for a moment ago stands as of now."""
    return seen.as_of or history.now()


def _is_later(dispute: Dispute, seen: GatewayDispute) -> bool:
    """Told with a time, the later time wins; without one, or at the same time, the further step."""
    if seen.as_of is not None and seen.as_of != dispute.as_of:
        return seen.as_of > dispute.as_of
    return RANK[STATES[seen.state]] >= RANK[DisputeState(dispute.state)]


def _advance(
    payment: Payment,
    attempt: PaymentAttempt,
    dispute: Dispute,
    seen: GatewayDispute,
    source: str,
    *,
    is_new: bool,
) -> None:
    before, was = position(dispute), dispute.state
    was_open = dispute.is_open and not is_new
    _learn(dispute, seen)
    dispute.save()
    follow(payment, dispute, before)
    if not is_new and dispute.state == was:
        return
    history.note(
        attempt,
        "disputed" if dispute.is_open else f"dispute_{dispute.state}",
        key=f"dispute:{dispute.gateway_ref}:{dispute.state}:{dispute.bookings}",
        amount=dispute.amount,
        source=source,
        details={
            "dispute": dispute.gateway_ref, "reason": dispute.reason, "status": dispute.said,
        },
    )  # fmt: skip
    restate(payment)
    if dispute.is_open != was_open or not dispute.is_open:
        _announce(payment, dispute)


def _learn(dispute: Dispute, seen: GatewayDispute) -> None:
    """What the gateway tells; what it leaves out stays as it was."""
    if seen.state is not DisputeSeen.UNKNOWN or dispute.is_open:
        dispute.state = STATES[seen.state]
    dispute.said, dispute.as_of = seen.said, _as_of(seen)
    dispute.reason, dispute.due_by = seen.reason or dispute.reason, seen.due_by or dispute.due_by
    withdrawn = _withdrawn(dispute, seen)
    dispute.withdrawn_minor, dispute.withdrawn_currency = withdrawn.minor, withdrawn.currency
    if seen.fee is not None:
        dispute.fee_minor, dispute.fee_currency = seen.fee.minor, seen.fee.currency
    if dispute.state in OPEN_DISPUTES:
        dispute.closed_at = None
    elif dispute.closed_at is None:
        dispute.closed_at = dispute.as_of


def _withdrawn(dispute: Dispute, seen: GatewayDispute) -> Money:
    """What the gateway holds back by now; one that does not say takes it when we lose."""
    if seen.withdrawn is not None:
        return seen.withdrawn
    if dispute.state == DisputeState.LOST:
        return dispute.withdrawn or dispute.amount
    if dispute.state in (DisputeState.WON, DisputeState.CLOSED):
        return Money.zero(dispute.withdrawn_currency)
    return dispute.withdrawn


def _announce(payment: Payment, dispute: Dispute) -> None:
    told = {
        "dispute_id": str(dispute.pk),
        "dispute_minor": dispute.amount_minor,
        "dispute_currency": dispute.currency,
        "as_of": dispute.as_of.isoformat(),
    }
    if dispute.is_open:
        history.announce("payment.disputed", payment, **told)
    else:
        history.announce("payment.dispute_closed", payment, outcome=dispute.state, **told)
