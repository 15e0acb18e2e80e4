"""What came after some of the demo's payments: given back, disputed by the payer's bank."""

from datetime import datetime, timedelta
from uuid import UUID

from core.money import Money
from payments.enums import DisputeState, RefundOrigin, RefundState
from payments.models import Dispute, Payment, Refund
from payments.models.refund import refund_key
from payments.services.books.booking import book_refund
from payments.services.disputes.books import follow
from payments.services.standing import restate

ANSWER_WITHIN = timedelta(days=9)
COMPLAINTS = ("product_not_received", "fraudulent", "product_unacceptable", "duplicate")
STATES = (
    DisputeState.NEEDS_RESPONSE,
    DisputeState.NEEDS_RESPONSE,
    DisputeState.UNDER_REVIEW,
    DisputeState.WON,
    DisputeState.LOST,
)
DECIDED = (DisputeState.WON, DisputeState.LOST)


def give_back(
    payment: Payment, *, at: datetime, reason: str, amount: Money | None = None
) -> Refund:
    """`amount`, else the whole payment, went back to its payer; booked, told to nobody."""
    refund = Refund(
        payment=payment,
        attempt=payment.attempts.latest("id"),
        gateway=payment.gateway,
        amount_minor=(amount or payment.captured).minor,
        currency=payment.currency,
        reason=reason,
        origin=RefundOrigin.STAFF,
        state=RefundState.SUCCEEDED,
        tries=1,
        submitted_at=at,
        finished_at=at,
    )
    refund.idempotency_key = refund_key(refund.pk, 0)
    refund.gateway_ref = f"demo_refund_{refund.pk.hex}"
    refund.save(force_insert=True)
    book_refund(payment, refund)
    restate(payment)
    return refund


def ask_back(payment: Payment, *, amount: Money, reason: str, asked_by: UUID) -> Refund:
    """Asked for by somebody, and so much that somebody else must approve."""
    refund = Refund(
        payment=payment,
        attempt=payment.attempts.latest("id"),
        gateway=payment.gateway,
        amount_minor=amount.minor,
        currency=amount.currency,
        reason=reason,
        requested_by=asked_by,
        two_people=True,
    )
    refund.idempotency_key = refund_key(refund.pk, 0)
    refund.save(force_insert=True)
    return refund


def complain(payment: Payment, *, at: datetime, place: int) -> Dispute:
    """The payer's bank asks why, `place` says how far it is (`STATES`). Booked like a real one:
    the gateway has taken the money, and keeps a fee."""
    state = STATES[place % len(STATES)]
    decided = at + ANSWER_WITHIN if state in DECIDED else None
    kept = 0 if state == DisputeState.WON else payment.captured_minor
    dispute = Dispute.objects.create(
        payment=payment,
        attempt=payment.attempts.latest("id"),
        gateway=payment.gateway,
        gateway_ref=f"demo_dispute_{payment.pk.hex}",
        amount_minor=payment.captured_minor,
        currency=payment.currency,
        reason=COMPLAINTS[place % len(COMPLAINTS)],
        state=state,
        said=state.value,
        due_by=at + ANSWER_WITHIN + timedelta(days=2 * place),
        as_of=decided or at,
        withdrawn_minor=kept,
        withdrawn_currency=payment.currency,
        fee_minor=_fee(payment).minor,
        fee_currency=payment.currency,
        opened_at=at,
        closed_at=decided,
    )
    follow(payment, dispute, before=[])
    restate(payment)
    return dispute


def _fee(payment: Payment) -> Money:
    """What a gateway asks for a dispute: about a tenth, no more than 15."""
    most = Money.parse("15", payment.currency).minor
    return Money(min(most, payment.captured_minor // 10), payment.currency)
