"""Payments of the demo's past orders: tried, declined, paid, given up; booked like real ones.

They were never at a gateway, and their attempts say so (`account` is "demo"): reconciliation
leaves them out. Nobody is told of them.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from core.ids import new_id
from core.money import Money
from payments.demo.words import DECLINED, fee_of, gateway_for
from payments.enums import AttemptState, PaymentStatus
from payments.models import Payment, PaymentAttempt, PaymentEvent
from payments.models.attempt import create_key
from payments.services.books.accounts import at_gateway, earned_by, fees_of
from payments.services.books.ledger import Booking, moved, post_many

ACCOUNT = "demo"

DATED = """
UPDATE {table} AS row SET created_at = told.at FROM unnest(%s::uuid[], %s::timestamptz[])
AS told(id, at) WHERE row.id = told.id
"""


@dataclass(frozen=True, slots=True)
class Sale:
    """Something that was, or was to be, paid for. `paid_at` None: it never was."""

    purpose: str
    purpose_id: UUID
    description: str
    amount: Money
    email: str
    language: str
    placed_at: datetime
    paid_at: datetime | None = None
    customer_id: UUID | None = None
    user_id: UUID | None = None


@dataclass(slots=True)
class _Story:
    """What became of one sale: the payment, its tries, and what was seen of them."""

    payment: Payment
    attempts: list[PaymentAttempt]
    events: list[PaymentEvent]
    began: datetime


def write_payments(sales: Sequence[Sale], *, chance: random.Random) -> dict[UUID, Payment]:
    """Payments of `sales` with attempts, history and books, in the caller's transaction.

    Returns them by what they are for. The sales must have none yet.
    """
    stories = [_story(sale, chance) for sale in sorted(sales, key=lambda sale: sale.placed_at)]
    Payment.objects.bulk_create([story.payment for story in stories])
    PaymentAttempt.objects.bulk_create([a for story in stories for a in story.attempts])
    PaymentEvent.objects.bulk_create([e for story in stories for e in story.events])
    _date("payments_payment", [(story.payment.pk, story.began) for story in stories])
    _date(
        "payments_paymentattempt",
        [(attempt.pk, story.began) for story in stories for attempt in story.attempts],
    )
    post_many([booking for story in stories for booking in _bookings(story)])
    return {story.payment.purpose_id: story.payment for story in stories}


def _story(sale: Sale, chance: random.Random) -> _Story:
    gateway = gateway_for(sale.amount, chance)
    payment = Payment(
        id=new_id(),
        purpose=sale.purpose,
        purpose_id=sale.purpose_id,
        description=sale.description,
        email=sale.email,
        language=sale.language,
        customer_id=sale.customer_id,
        user_id=sale.user_id,
        amount_minor=sale.amount.minor,
        currency=sale.amount.currency,
        gateway=gateway,
        livemode=False,
    )
    story = _Story(payment, [], [], sale.placed_at)
    if sale.paid_at is None or chance.random() < 0.08:
        _fail(story, chance.choice(DECLINED), sale.placed_at)
    if sale.paid_at is not None:
        _pay(story, sale.paid_at)
    return story


def _attempt(story: _Story) -> PaymentAttempt:
    payment = story.payment
    attempt = PaymentAttempt(
        id=new_id(),
        payment=payment,
        gateway=payment.gateway,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        livemode=False,
        account=ACCOUNT,
        tries=1,
        first_tried_at=story.began,
        expires_at=story.began + timedelta(hours=1),
    )
    attempt.idempotency_key = create_key(attempt.pk)
    attempt.gateway_ref = f"demo_page_{attempt.pk.hex}"
    attempt.gateway_payment_ref = f"demo_{attempt.pk.hex}"
    story.attempts.append(attempt)
    story.events.append(_event(attempt, "submitted", story.began))
    return attempt


def _event(attempt: PaymentAttempt, kind: str, at: datetime, reason: str = "") -> PaymentEvent:
    captured = kind == "captured"
    return PaymentEvent(
        attempt=attempt,
        type=kind,
        dedupe_key=kind,
        amount_minor=attempt.amount_minor if captured else None,
        currency=attempt.currency if captured else None,
        source="demo",
        details={"reason": reason} if reason else {},
        created_at=at,
    )


def _fail(story: _Story, reason: str, at: datetime) -> None:
    attempt = _attempt(story)
    attempt.state = AttemptState.FAILED
    attempt.error = reason
    story.events.append(_event(attempt, "failed", at + timedelta(minutes=2), reason))
    story.payment.status = PaymentStatus.FAILED
    story.payment.status_reason = reason


def _pay(story: _Story, at: datetime) -> None:
    attempt, payment = _attempt(story), story.payment
    attempt.state = AttemptState.CAPTURED
    attempt.captured_minor, attempt.captured_currency = attempt.amount_minor, attempt.currency
    fee = fee_of(attempt.gateway, attempt.amount)
    attempt.fee_minor, attempt.fee_currency = fee.minor, fee.currency
    story.events.append(_event(attempt, "captured", at))
    payment.status, payment.status_reason = PaymentStatus.SUCCESS, ""
    payment.captured_minor, payment.paid_at = payment.amount_minor, at


def _bookings(story: _Story) -> list[Booking]:
    payment = story.payment
    if payment.paid_at is None:
        return []
    attempt = story.attempts[-1]
    held = at_gateway(attempt.gateway)
    paid = Booking(
        kind="payment",
        source=str(attempt.pk),
        payment_id=payment.pk,
        description=f"{payment.reference} paid through {payment.gateway}",
        entries=moved(payment.amount, to=held, out_of=earned_by(payment.purpose)),
    )
    if not attempt.fee:
        return [paid]
    kept = Booking(
        kind="gateway_fee",
        source=str(attempt.pk),
        payment_id=payment.pk,
        description=f"Fee of {attempt.gateway} for {payment.reference}",
        entries=moved(attempt.fee, to=fees_of(attempt.gateway), out_of=held),
    )
    return [paid, kept]


def _date(table: str, times: list[tuple[UUID, datetime]]) -> None:
    """Let rows have been made when they should have been (Django sets its own time)."""
    with connection.cursor() as cursor:
        cursor.execute(DATED.format(table=table), [[i for i, _ in times], [t for _, t in times]])
