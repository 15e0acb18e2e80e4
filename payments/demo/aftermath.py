"""What came after some of the demo's payments: given back, disputed by the payer's bank."""

from datetime import datetime, timedelta

from payments.enums import DisputeState, RefundOrigin, RefundState
from payments.models import Dispute, Payment, Refund
from payments.models.refund import refund_key
from payments.services.books.booking import book_refund
from payments.services.standing import restate

ANSWER_WITHIN = timedelta(days=9)
COMPLAINTS = ("product_not_received", "fraudulent", "product_unacceptable")


def give_back(payment: Payment, *, at: datetime, reason: str) -> Refund:
    """The whole payment went back to its payer; booked, told to nobody."""
    refund = Refund(
        payment=payment,
        attempt=payment.attempts.latest("id"),
        gateway=payment.gateway,
        amount_minor=payment.captured_minor,
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


def complain(payment: Payment, *, at: datetime, place: int) -> Dispute:
    """The payer's bank asks why; nobody has answered yet."""
    dispute = Dispute.objects.create(
        payment=payment,
        attempt=payment.attempts.latest("id"),
        gateway=payment.gateway,
        gateway_ref=f"demo_dispute_{payment.pk.hex}",
        amount_minor=payment.captured_minor,
        currency=payment.currency,
        reason=COMPLAINTS[place % len(COMPLAINTS)],
        state=DisputeState.NEEDS_RESPONSE,
        said="needs_response",
        due_by=at + ANSWER_WITHIN + timedelta(days=2 * place),
        as_of=at,
        withdrawn_currency=payment.currency,
        fee_currency=payment.currency,
        opened_at=at,
    )
    restate(payment)
    return dispute
