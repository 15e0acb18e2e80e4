"""Starting a payment: first our row, then the gateway, so that nothing paid is ever unknown."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from core.errors import Conflict, Invalid, Unprocessable, UpstreamUnavailable
from core.ids import new_id
from core.money import Money
from payments.addresses import page_url
from payments.enums import OPEN_ATTEMPTS, OPEN_STATUSES, AttemptState, PaymentStatus
from payments.gateways.interface import Gateway, GatewayError, GatewayPayment, Start
from payments.gateways.minor_units import to_gateway
from payments.gateways.registry import account_of
from payments.gateways.registry import gateway as gateway_named
from payments.house import as_house
from payments.locks import lock_attempt, lock_payment
from payments.models import Payment, PaymentAttempt
from payments.models.attempt import create_key
from payments.services import history
from payments.services.settle import settle

ONE_OPEN = "payments_payment_one_open_per_purpose"
PAGE_LIFETIME = timedelta(hours=1)
SHORTEST_PAGE = timedelta(minutes=31)  # Stripe opens no page for less than half an hour


def open_payment(
    *,
    purpose: str,
    purpose_id: UUID,
    email: str,
    amount: Money,
    gateway: str,
    description: str = "",
    customer_id: UUID | None = None,
    user_id: UUID | None = None,
    success_url: str = "",
    cancel_url: str = "",
    language: str = "en",
    payment_id: UUID | None = None,
) -> Payment:
    """A pending payment, in the caller's transaction; nobody is called. `payment_id`: the key it
    gets, where the caller has written it down already.

    Raises Invalid for a gateway, currency or amount that cannot be paid, Conflict when the
    purpose has an open payment already.
    """
    if amount.minor <= 0:
        raise Invalid("A payment is more than nothing.", details={"amount": ["More than 0."]})
    to_gateway(gateway, amount)
    payment = Payment(
        id=payment_id or new_id(),
        purpose=purpose,
        purpose_id=purpose_id,
        email=email,
        language=language or "en",
        amount_minor=amount.minor,
        currency=amount.currency,
        gateway=gateway,
        description=description,
        customer_id=customer_id,
        user_id=user_id,
        success_url=success_url,
        cancel_url=cancel_url,
    )
    with as_house("open a payment"):
        _insert(payment)
    return payment


def _insert(payment: Payment) -> None:
    """With its first attempt. That nothing else is open for the purpose is left to the index, which
    knows of rivals too. Raises Conflict."""
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
            _new_attempt(payment)
    except IntegrityError as error:
        if ONE_OPEN not in str(error):
            raise
        raise Conflict("This is being paid already.") from None


def submit_payment(*, payment_id: UUID) -> Payment:
    """Have the gateway open its page, outside any transaction; the payment knows its address.

    Submitting again returns the same page. When the gateway does not answer the row stays
    pending and may be submitted again: the same key finds what was made without our knowing.
    Raises UpstreamUnavailable, Unprocessable when the gateway refuses it, Conflict when the
    payment is over.
    """
    payment, attempt = _ready(payment_id)
    if payment.authorization_url:
        return payment
    if attempt is None:
        raise Conflict(f"This payment is {payment.get_status_display().lower()}.")
    try:
        seen = _at_gateway(payment, attempt)
    except GatewayError as error:
        _failed(attempt, error)
        if error.retryable:
            raise UpstreamUnavailable(
                f"{error.message} Nothing was lost: the payment is kept, try again in a moment."
            ) from error
        raise Unprocessable(f"{payment.get_gateway_display()}: {error.message}") from error
    return _opened(attempt, seen)


def _ready(payment_id: UUID) -> tuple[Payment, PaymentAttempt | None]:
    """The payment and the attempt to submit; a key that may be spent is replaced."""
    with as_house("submit a payment"), transaction.atomic():
        payment = lock_payment(payment_id)
        _refuse_closed(payment)
        attempt = payment.attempts.filter(state__in=OPEN_ATTEMPTS).first()
        if payment.status not in OPEN_STATUSES or payment.authorization_url or attempt is None:
            return payment, attempt
        now = history.now()
        if attempt.first_tried_at is None:
            attempt.first_tried_at = now
            attempt.expires_at = now + PAGE_LIFETIME
            attempt.livemode = _adapter(attempt.gateway).livemode
            attempt.account = account_of(attempt.gateway)
        elif attempt.expires_at - now < SHORTEST_PAGE:
            # asked for long ago: the words of that try are out of date, and its key may be
            # forgotten at the gateway (Stripe: after a day)
            attempt.outcome_unknown = True
        attempt.tries += 1
        attempt.save()
        return payment, attempt


def _refuse_closed(payment: Payment) -> None:
    """One that is being closed hands out no page. Raises Conflict."""
    if payment.closing_reason and not payment.is_paid:
        raise Conflict(f"This payment was closed: {payment.closing_reason}")


def _at_gateway(payment: Payment, attempt: PaymentAttempt) -> GatewayPayment:
    """The page: the one made under this key; where the key is spent, the one we can find."""
    there = _adapter(attempt.gateway)
    if attempt.outcome_unknown:
        found = there.find(
            reference=payment.reference, since=attempt.first_tried_at or attempt.created_at
        )
        if found is not None and found.attempt_id in (None, attempt.pk):
            return found
        attempt = _replaced(attempt)
    return there.start(_start(payment, attempt))


def _adapter(name: str) -> Gateway:
    """The gateway; one without a key is a fault of ours that may be mended meanwhile."""
    try:
        return gateway_named(name)
    except GatewayError as error:
        raise UpstreamUnavailable(f"{error.message} Nothing was lost; try again later.") from error


def _start(payment: Payment, attempt: PaymentAttempt) -> Start:
    """The same words at every try of one attempt."""
    return Start(
        attempt_id=attempt.pk,
        reference=payment.reference,
        idempotency_key=attempt.idempotency_key,
        amount=attempt.amount,
        description=payment.description,
        email=payment.email,
        success_url=payment.success_url or page_url(payment.reference),
        cancel_url=payment.cancel_url or page_url(payment.reference),
        expires_at=attempt.expires_at,
    )


def _replaced(attempt: PaymentAttempt) -> PaymentAttempt:
    """Nothing was made under the old key: a new attempt with a new one."""
    with as_house("submit a payment"), transaction.atomic():
        payment, old = lock_attempt(attempt.pk)
        if old.state != AttemptState.CREATED:  # somebody else was quicker
            return payment.attempts.get(state__in=OPEN_ATTEMPTS)
        old.state = AttemptState.FAILED
        old.save()
        history.note(old, "abandoned", source="submit", details={"error": old.error})
        fresh = _new_attempt(payment)
        fresh.first_tried_at, fresh.tries = history.now(), 1
        fresh.livemode, fresh.account = old.livemode, old.account
        fresh.save()
        return fresh


def _new_attempt(payment: Payment) -> PaymentAttempt:
    attempt = PaymentAttempt(
        payment=payment,
        gateway=payment.gateway,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        expires_at=history.now() + PAGE_LIFETIME,
    )
    attempt.idempotency_key = create_key(attempt.pk)
    attempt.save(force_insert=True)
    return attempt


def _opened(attempt: PaymentAttempt, seen: GatewayPayment) -> Payment:
    """Remember the page; what was paid in the meantime is settled like any other news."""
    attempt_id = seen.attempt_id or attempt.pk
    settled = settle(attempt_id=attempt_id, seen=seen, source="submit")
    with as_house("submit a payment"), transaction.atomic():
        payment, attempt = lock_attempt(settled.attempt.pk)
        _refuse_closed(payment)  # while the page was being opened; whoever closes it finds it
        if payment.status in OPEN_STATUSES and attempt.state == AttemptState.SUBMITTED:
            attempt.authorization_url = payment.authorization_url = seen.authorization_url
            attempt.outcome_unknown, attempt.error = False, ""
            attempt.save()
            payment.save(update_fields=["authorization_url", "updated_at"])
            history.note(attempt, "submitted", source="submit")
    return payment


def _failed(attempt: PaymentAttempt, error: GatewayError) -> None:
    """Remember the failure. A refusal ends the payment; anything else leaves it as it was."""
    with as_house("submit a payment"), transaction.atomic():
        payment, attempt = lock_attempt(attempt.pk)
        if attempt.state != AttemptState.CREATED:
            return
        attempt.error = error.message
        attempt.outcome_unknown = error.answered and error.retryable
        if not error.retryable:
            attempt.state = AttemptState.FAILED
            payment.status, payment.status_reason = PaymentStatus.FAILED, error.message
            payment.save(update_fields=["status", "status_reason", "updated_at"])
            history.note(attempt, "refused", source="submit", details={"reason": error.message})
            history.announce("payment.failed", payment, attempt_id=str(attempt.pk))
        attempt.save()
