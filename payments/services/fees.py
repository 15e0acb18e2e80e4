"""What the gateway kept, asked for once the money is in."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from payments.enums import AttemptState
from payments.gateways.registry import gateway as gateway_named
from payments.locks import lock_attempt
from payments.models import PaymentAttempt
from payments.services.books.booking import book_fee, book_settled


class FeeNotKnown(Exception):
    """The gateway has not worked it out yet."""


def attempt_without_fee(payment_id: UUID | str) -> PaymentAttempt | None:
    """The captured attempt whose fee is not booked; None when there is none."""
    return PaymentAttempt.objects.filter(
        payment_id=payment_id, state=AttemptState.CAPTURED, fee_minor__isnull=True
    ).first()


def booked(attempt: PaymentAttempt) -> Callable[[], None]:
    """Ask the gateway; the effect books what it says. Raises FeeNotKnown, GatewayError."""
    seen = gateway_named(attempt.gateway).fetch(
        gateway_ref=attempt.gateway_ref or "", payment_ref=attempt.gateway_payment_ref or ""
    )
    if seen.fee is None:
        raise FeeNotKnown("The gateway has not worked the fee out yet.")

    def effect() -> None:
        with transaction.atomic():
            payment, locked = lock_attempt(attempt.pk)
            book_settled(payment, locked, seen)
            book_fee(payment, locked, seen)

    return effect
