"""Which of our rows a refund at the gateway is."""

from datetime import timedelta

from django.db.models import Q, QuerySet

from core.events import Retry
from payments.enums import REFUND_NOT_SENT, REFUND_OVER, RefundOrigin, RefundState
from payments.gateways.interface import GatewayRefund, RefundSeen
from payments.models import PaymentAttempt, Refund
from payments.services.refunds.requesting import turn_down
from payments.services.refunds.room import going_back

CLOCKS_DIFFER = timedelta(minutes=5)
# refunds of the time when gateways told only sums: booked, but without a name
NAMELESS = "booked:"
CROWDED_OUT = "The gateway has given the money back by another refund."


class GaveTooMuch(Retry):
    """The gateway shows more going back than came in: tried again, then for staff to see."""


def row_of(attempt: PaymentAttempt, seen: GatewayRefund) -> Refund:
    """Our row of it, locked by the payment's lock; one for a refund that somebody made at the
    gateway is new and not saved. Raises GaveTooMuch.
    """
    rows = Refund.objects.filter(attempt=attempt)
    known = rows.filter(gateway_ref=seen.refund_ref).first()
    if known is None:
        fitting = rows.filter(
            gateway_ref__isnull=True, amount_minor=seen.amount.minor, currency=seen.amount.currency
        ).exclude(state__in=REFUND_OVER)
        if seen.refund_id is not None:
            known = fitting.filter(pk=seen.refund_id).first()
        else:
            known = _unnamed(fitting, seen)
    if known is None:
        known = _made_there(attempt, seen)
    known.attempt, known.payment = attempt, attempt.payment
    return known


def _unnamed(fitting: QuerySet[Refund], seen: GatewayRefund) -> Refund | None:
    """A gateway that does not give our id back: the one we asked for and know no answer of."""
    asked = fitting.filter(state=RefundState.SUBMITTED)
    if seen.created_at is not None:
        asked = asked.filter(submitted_at__lte=seen.created_at + CLOCKS_DIFFER)
    known = Q(pk__in=asked) | Q(idempotency_key__startswith=NAMELESS)
    return fitting.filter(known).order_by("id").first()


def _made_there(attempt: PaymentAttempt, seen: GatewayRefund) -> Refund:
    if seen.state is not RefundSeen.FAILED:
        _make_room(attempt, seen)
    refund = Refund(
        payment=attempt.payment,
        attempt=attempt,
        gateway=attempt.gateway,
        gateway_ref=seen.refund_ref,
        amount_minor=seen.amount.minor,
        currency=seen.amount.currency,
        origin=RefundOrigin.GATEWAY,
        state=RefundState.SUBMITTED,
    )
    refund.idempotency_key = f"{attempt.gateway}:{seen.refund_ref}"
    return refund


def _make_room(attempt: PaymentAttempt, seen: GatewayRefund) -> None:
    """What has happened comes before what was only asked for, the latest wish goes first."""
    wishes = Refund.objects.filter(attempt=attempt, gateway_ref__isnull=True)
    open_wishes = wishes.filter(state__in=[*REFUND_NOT_SENT, RefundState.SUBMITTED])
    for wish in open_wishes.exclude(idempotency_key__startswith=NAMELESS).order_by("-id"):
        if going_back(attempt) + seen.amount <= attempt.captured:
            return
        wish.attempt = attempt
        if wish.may_become(RefundState.REJECTED):
            turn_down(wish, CROWDED_OUT)
        else:
            wish.state, wish.failure = RefundState.FAILED, CROWDED_OUT
            wish.save()
    if attempt.captured < going_back(attempt) + seen.amount:
        raise GaveTooMuch(
            f"{attempt.gateway} gives {seen.amount} back by {seen.refund_ref}, more than is left."
        )
