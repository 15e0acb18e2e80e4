"""The payer comes back, or staff ask: look at the gateway, then settle as a webhook would."""

from django.db import transaction

from core.errors import NotFound, UpstreamUnavailable
from payments.enums import OPEN_ATTEMPTS
from payments.gateways.interface import GatewayError
from payments.gateways.registry import gateway as gateway_named
from payments.house import as_house
from payments.models import Payment, PaymentAttempt
from payments.services.settle import settle


def payment_by_reference(reference: str) -> Payment:
    """The payment whose reference somebody knows; knowing it is the permission. Raises NotFound."""
    with as_house("payment by reference"), transaction.atomic():
        payment = Payment.objects.filter(reference=reference).first()
    if payment is None:
        raise NotFound("There is no payment with this reference.")
    return payment


def verify_payment(*, reference: str, source: str = "verify", again: bool = False) -> Payment:
    """Bring a payment up to date with its gateway; safe at the same moment as its webhook.

    Asks outside any transaction, settles inside one. A payment that is paid is not asked for,
    unless `again` (staff). Raises NotFound, UpstreamUnavailable.
    """
    payment = payment_by_reference(reference)
    if payment.is_paid and not again:
        return payment
    for attempt in _worth_asking(payment, again=again):
        try:
            seen = gateway_named(attempt.gateway).fetch(
                gateway_ref=attempt.gateway_ref or "",
                payment_ref=attempt.gateway_payment_ref or "",
            )
        except GatewayError as error:
            raise UpstreamUnavailable(f"{error.message} Please try again in a moment.") from error
        payment = settle(attempt_id=attempt.pk, seen=seen, source=source).payment
    return payment


def _worth_asking(payment: Payment, *, again: bool) -> list[PaymentAttempt]:
    """Attempts the gateway knows: the open ones, and the last one (it may have been paid late)."""
    with as_house("verify a payment"), transaction.atomic():
        tried = payment.attempts.order_by("id")
        known = [a for a in tried if a.gateway_ref or a.gateway_payment_ref]
    return [a for a in known if again or a.state in OPEN_ATTEMPTS or a is known[-1]]
