"""Asking a gateway which refunds a payment has."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from payments.gateways.interface import GatewayRefund, RefundSeen
from payments.gateways.registry import gateway as gateway_named
from payments.house import as_house
from payments.models import PaymentAttempt
from payments.services.refunds.observing import observe


def ask_refunds(*, attempt_id: UUID, source: str) -> None:
    """Bring all refunds of an attempt up to what the gateway shows, outside transactions.

    Raises GatewayError.
    """
    refunds_seen(attempt_id, source=source)()


def refunds_seen(attempt_id: UUID, *, source: str) -> Callable[[], None]:
    """Ask the gateway; the effect writes what it shows. Raises GatewayError."""
    with as_house("ask about refunds"), transaction.atomic():
        attempt = PaymentAttempt.objects.get(pk=attempt_id)
    shown = gateway_named(attempt.gateway).refunds_of(payment_ref=attempt.gateway_payment_ref or "")

    def effect() -> None:
        for seen in sorted(shown, key=_failed_first):
            observe(attempt_id=attempt_id, seen=seen, source=source)

    return effect


def _failed_first(seen: GatewayRefund) -> bool:
    """What failed makes room for what was tried after it."""
    return seen.state is not RefundSeen.FAILED
