"""A payment held for review: what was asked for beside what was seen, and a person's decision.

The gateway is asked once more before money is booked: nothing is decided on an old picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from core.audit import record_audit
from core.errors import Conflict, UpstreamUnavailable
from payments.enums import AttemptState, PaymentStatus, RefundOrigin
from payments.gateways.interface import GatewayError, GatewayPayment, Seen
from payments.gateways.registry import gateway as gateway_named
from payments.house import as_house
from payments.locks import lock_attempt, lock_payment
from payments.models import Payment, PaymentAttempt, PaymentEvent, Refund
from payments.services import history
from payments.services.books import booking
from payments.services.checks import belongs_to_another
from payments.services.refunds import request_refund
from payments.services.settle import take_in


@dataclass(frozen=True, slots=True)
class Case:
    """Why a payment is held: each point as (what, asked, seen), and the objections in words."""

    payment: Payment
    attempt: PaymentAttempt
    seen: PaymentEvent
    points: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def objections(self) -> list[str]:
        """Sentences."""
        return list(self.seen.details.get("objections", []))


def case_of(payment: Payment) -> Case:
    """The latest reason to hold it. Raises Conflict when it is not held."""
    found = cases([payment]) if payment.status == PaymentStatus.HELD else []
    if not found:
        raise Conflict(f"{payment.reference} is not held for review.")
    return found[0]


def cases(payments: Sequence[Payment]) -> list[Case]:
    """The latest reason to hold each, in one query."""
    notes = (
        PaymentEvent.objects.filter(attempt__payment__in=payments, type="held")
        .select_related("attempt")
        .order_by("id")
    )
    latest = {note.attempt.payment_id: note for note in notes}
    return [_case(one, latest[one.pk]) for one in payments if one.pk in latest]


def _case(payment: Payment, seen: PaymentEvent) -> Case:
    attempt, told = seen.attempt, seen.details
    page, there = attempt.gateway_ref, attempt.gateway_payment_ref
    points = [
        ("Amount", str(attempt.amount), str(history.amount_of(seen) or "not told")),
        ("Reference", payment.reference, str(told.get("reference") or "none")),
        ("Money", _mode(attempt.livemode), _mode(told.get("livemode"))),
        ("Account", attempt.account or "any", str(told.get("account") or "not told")),
        ("Page", page or "none yet", str(told.get("gateway_ref") or "not told")),
        ("Payment there", there or "none yet", str(told.get("payment_ref") or "not told")),
    ]
    return Case(payment, attempt, seen, points)


def accept_what_came(*, payment_id: UUID, decided_by: UUID | None, why: str = "") -> Payment:
    """Take the money as payment: what really came is booked, more than was asked for goes back.

    Asks the gateway, outside transactions. Raises Conflict for money that has not come, is in
    another currency, is not real or is another payment's; UpstreamUnavailable.
    """
    case, seen = _asked_again(payment_id)
    _refuse(_unfit(case.attempt, seen) or _other_currency(case.payment, seen))
    with transaction.atomic():
        with as_house("review: accept"):
            payment, attempt = _locked(case)
            surplus = seen.amount - payment.amount
            _remember(attempt, seen)
            take_in(payment, attempt, seen, source="review")
            booking.book_settled(payment, attempt, seen)
            booking.book_fee(payment, attempt, seen)
            _decided(case, "accepted", why)
        _audit(payment, "accept", came=str(seen.amount), asked=str(payment.amount), why=why)
        if surplus.minor > 0:
            request_refund(
                payment_id=payment.pk,
                amount=surplus,
                reason="More than was asked for.",
                requested_by=decided_by,
                key=f"review:{payment.pk}",
                origin=RefundOrigin.REVIEW,
            )
    return payment


def give_it_back(*, payment_id: UUID, decided_by: UUID | None, why: str = "") -> Refund:
    """Do not take the money: it is booked as owed back, its refund is asked for, and the payment
    is over. Asks the gateway, outside transactions. Raises Conflict, UpstreamUnavailable.
    """
    case, seen = _asked_again(payment_id)
    _refuse(_unfit(case.attempt, seen))
    with transaction.atomic():
        with as_house("review: give back"):
            payment, attempt = _locked(case)
            _remember(attempt, seen)
            attempt.captured_minor = seen.amount.minor
            attempt.captured_currency = seen.amount.currency
            attempt.state, attempt.overpaid = AttemptState.CAPTURED, True
            attempt.save()
            booking.book_overpaid(payment, attempt, seen.amount)
            booking.book_settled(payment, attempt, seen)
            booking.book_fee(payment, attempt, seen)
            _decided(case, "given_back", why)
            _close(payment, why or "The money is given back.")
        _audit(payment, "give_back", came=str(seen.amount), why=why)
        return request_refund(
            payment_id=payment.pk,
            amount=seen.amount,
            reason=why or "Held for review, not accepted.",
            requested_by=decided_by,
            key=f"review:{payment.pk}",
            origin=RefundOrigin.REVIEW,
        )


def close_case(*, payment_id: UUID, decided_by: UUID | None, why: str) -> Payment:
    """There is no money of ours in it (test money, another shop's, a mistake): nothing is booked.

    Raises Conflict.
    """
    with transaction.atomic():
        with as_house("review: close"):
            payment = lock_payment(payment_id)
            case = case_of(payment)
            _decided(case, "review_closed", why)
            _close(payment, why or "Closed after review.")
        _audit(payment, "close", why=why, decided_by=str(decided_by or ""))
    return payment


def _asked_again(payment_id: UUID) -> tuple[Case, GatewayPayment]:
    """The case, and what the gateway shows of that money now."""
    with as_house("review"), transaction.atomic():
        case = case_of(Payment.objects.get(pk=payment_id))
    told = case.seen.details
    try:
        seen = gateway_named(case.attempt.gateway).fetch(
            gateway_ref=told.get("gateway_ref") or case.attempt.gateway_ref or "",
            payment_ref=told.get("payment_ref") or case.attempt.gateway_payment_ref or "",
        )
    except GatewayError as error:
        raise UpstreamUnavailable(f"{error.message} Nothing was decided; try again.") from error
    return case, seen


def _locked(case: Case) -> tuple[Payment, PaymentAttempt]:
    """Both, if nobody decided meanwhile. Raises Conflict."""
    payment, attempt = lock_attempt(case.attempt.pk)
    if payment.status != PaymentStatus.HELD:
        raise Conflict(f"{payment.reference} is {payment.get_status_display().lower()} by now.")
    return payment, attempt


def _refuse(why: str) -> None:
    if why:
        raise Conflict(why)


def _unfit(attempt: PaymentAttempt, seen: GatewayPayment) -> str:
    """Why this money cannot be booked at all."""
    if seen.state is not Seen.CAPTURED:
        return f"The money is not there: the gateway shows it as {seen.state}."
    if attempt.livemode is not None and seen.livemode != attempt.livemode:
        return "Test money and real money are mixed up: close the case instead."
    if belongs_to_another(attempt, seen):
        return "It belongs to another of our payments: close the case instead."
    return ""


def _other_currency(payment: Payment, seen: GatewayPayment) -> str:
    if seen.amount.currency != payment.currency:
        return f"{seen.amount} came for {payment.amount}: give it back instead."
    return ""


def _remember(attempt: PaymentAttempt, seen: GatewayPayment) -> None:
    """The names of the money that is taken: refunds and disputes will speak of them."""
    attempt.gateway_ref = seen.gateway_ref or attempt.gateway_ref
    attempt.gateway_payment_ref = seen.payment_ref or attempt.gateway_payment_ref
    attempt.error = ""


def _close(payment: Payment, reason: str) -> None:
    payment.status, payment.status_reason = PaymentStatus.CANCELLED, reason
    payment.authorization_url = ""
    payment.save()
    history.announce("payment.failed", payment, reason=reason)


def _decided(case: Case, what: str, why: str) -> None:
    key = f"{what}:{case.seen.pk}"
    history.note(case.attempt, what, key=key, source="review", details={"reason": why})


def _audit(payment: Payment, decision: str, **details: Any) -> None:
    """Under the name of who decided."""
    record_audit(action=f"payment.review.{decision}", resource=payment, details=details)


def _mode(livemode: Any) -> str:
    return {True: "real money", False: "test money"}.get(livemode, "not told")
