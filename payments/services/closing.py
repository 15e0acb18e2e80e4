"""Closing a payment that nobody shall pay any more.

First our row says so, which refuses every later submit; then the gateway's page is closed. Money
that was quicker is settled like any other: whoever hears that it came decides what becomes of it.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from payments.enums import OPEN_ATTEMPTS, OPEN_STATUSES, AttemptState, PaymentStatus
from payments.gateways.interface import GatewayError, GatewayPayment, NotAtGateway, Seen
from payments.gateways.registry import gateway as gateway_named
from payments.house import as_house
from payments.locks import lock_payment
from payments.models import Payment, PaymentAttempt
from payments.services import history
from payments.services.settle import settle

ON_ITS_WAY = timedelta(minutes=2)  # a page that is being opened while we look is found by then


class PerhapsOpening(GatewayError):
    """Somebody may be opening the page at this moment: look again a little later."""

    def __init__(self) -> None:
        super().__init__("The page may be opening at this moment.", retryable=True)


def close_payment(*, purpose: str, purpose_id: UUID, reason: str) -> Payment | None:
    """Close what can still be paid for this purpose; call it outside transactions, repeatedly.

    Returns the payment as it is afterwards (paid, if the payer was quicker), None when there was
    nothing to close. Raises GatewayError when the gateway does not answer: nobody can submit the
    payment any more, its page is closed by the next try.
    """
    payment, attempt = _marked(purpose, purpose_id, reason)
    if payment is None:
        return None
    if attempt is None:
        return _given_up(payment.pk)
    seen = _closed_there(payment, attempt)
    if seen is not None:
        settle(attempt_id=seen.attempt_id or attempt.pk, seen=seen, source="closing")
    return _given_up(payment.pk)


def _marked(
    purpose: str, purpose_id: UUID, reason: str
) -> tuple[Payment | None, PaymentAttempt | None]:
    """The payment, which refuses submits from now on, and the attempt the gateway may know."""
    with as_house("close a payment"), transaction.atomic():
        rows = Payment.objects.filter(purpose=purpose, purpose_id=purpose_id)
        found = rows.filter(status__in=OPEN_STATUSES).values_list("pk", flat=True).first()
        if found is None:
            return None, None
        payment = lock_payment(found)
        payment.closing_reason = payment.closing_reason or reason
        payment.save(update_fields=["closing_reason", "updated_at"])
        attempt = payment.attempts.filter(state__in=OPEN_ATTEMPTS).first()
        known = attempt is not None and attempt.first_tried_at is not None
        return payment, attempt if known else None


def _closed_there(payment: Payment, attempt: PaymentAttempt) -> GatewayPayment | None:
    """How it stands at the gateway after closing; None when there never was a page."""
    there = gateway_named(attempt.gateway)
    page = attempt.gateway_ref
    since = attempt.first_tried_at or attempt.created_at
    if not page:
        found = there.find(reference=payment.reference, since=since)
        if found is None and history.now() - attempt.updated_at < ON_ITS_WAY:
            raise PerhapsOpening
        if found is None or found.state is not Seen.OPEN or not found.gateway_ref:
            return found
        page = found.gateway_ref
    try:
        return there.expire(gateway_ref=page)
    except NotAtGateway:
        return None


def _given_up(payment_id: UUID) -> Payment:
    """Ours is cancelled, also where the gateway cannot close a page; money on its way is not."""
    with as_house("close a payment"), transaction.atomic():
        payment = lock_payment(payment_id)
        if payment.status != PaymentStatus.PENDING:
            return payment
        # one that the gateway may know stays open: it is asked about until the page has ended
        payment.attempts.filter(state=AttemptState.CREATED, gateway_ref__isnull=True).update(
            state=AttemptState.FAILED
        )
        payment.status, payment.status_reason = PaymentStatus.CANCELLED, payment.closing_reason
        payment.authorization_url = ""
        payment.save()
        attempt = payment.attempts.order_by("-id").first()
        if attempt is not None:
            history.note(
                attempt, "closed", source="closing", details={"reason": payment.closing_reason}
            )
        history.announce("payment.failed", payment, reason=payment.closing_reason)
        return payment
