"""What was seen of a payment: remembered once, announced once."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import connection

from core.events import publish
from core.money import Money
from payments.models import Payment, PaymentAttempt, PaymentEvent

NOTE = """
INSERT INTO payments_paymentevent
       (attempt_id, type, dedupe_key, amount_minor, currency, source, details)
VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb) ON CONFLICT (attempt_id, dedupe_key) DO NOTHING
"""


def now() -> datetime:
    """This moment, UTC."""
    return datetime.now(UTC)


def note(
    attempt: PaymentAttempt,
    kind: str,
    *,
    source: str,
    key: str = "",
    amount: Money | None = None,
    details: dict[str, Any] | None = None,
) -> bool:
    """Remember a fact about an attempt; False when it was known. The caller holds the lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            NOTE,
            [
                attempt.pk,
                kind,
                key or kind,
                amount.minor if amount is not None else None,
                amount.currency if amount is not None else None,
                source,
                msgspec.json.encode(details or {}).decode(),
            ],
        )
        return bool(cursor.rowcount)


def amount_of(event: PaymentEvent) -> Money | None:
    """The amount a note speaks of."""
    if event.amount_minor is None or event.currency is None:
        return None
    return Money(event.amount_minor, event.currency)


def announce(event_type: str, payment: Payment, **more: Any) -> int:
    """Tell the house, once per payment and status (and what `more` tells apart)."""
    told_apart = ":".join([event_type, str(payment.pk), *map(str, more.values())])
    return publish(
        type=event_type,
        subject=f"payment:{payment.pk}",
        data=shown(payment) | more,
        dedupe_key=told_apart[:300],
    )


def shown(payment: Payment) -> dict[str, Any]:
    """What other floors are told."""
    return {
        "payment_id": str(payment.pk),
        "reference": payment.reference,
        "purpose": payment.purpose,
        "purpose_id": str(payment.purpose_id),
        "amount_minor": payment.amount_minor,
        "captured_minor": payment.captured_minor,
        "currency": payment.currency,
        "gateway": payment.gateway,
        "email": payment.email,
        "user_id": str(payment.user_id) if payment.user_id else None,
        "status": payment.status,
    }
