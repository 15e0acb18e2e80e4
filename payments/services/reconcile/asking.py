"""Asking about attempts nobody brought news of: the webhook was lost, the payer did not return.

Also about pages that may have been opened without our knowing (the answer to our call was lost):
they are searched by our reference.
"""

import time
from collections.abc import Iterator
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q

from payments.enums import AttemptState, GatewayName, PaymentStatus
from payments.gateways.interface import Gateway, GatewayError, GatewayPayment, NotAtGateway
from payments.house import as_house
from payments.models import PaymentAttempt
from payments.services import history
from payments.services.reconcile.gateways import set_up
from payments.services.settle import settle

logger = structlog.get_logger(__name__)

QUIET_FOR = timedelta(minutes=10)  # webhooks and payers are given that long
ASKED_FOR = timedelta(days=30)  # slow bank transfers are told by then
FIRST_PAUSE = timedelta(minutes=5)  # doubled with each answer that brought nothing
LONGEST_PAUSE = timedelta(hours=6)
AT_ONCE = 500  # of one gateway
BUDGET_SECONDS = 60.0  # of one gateway: one that is slow takes no time from the others
AWAY_AFTER = 3  # calls in a row without an answer

AT_THE_GATEWAY = Q(
    state__in=[AttemptState.SUBMITTED, AttemptState.PROCESSING], gateway_ref__isnull=False
)
MAY_HAVE_A_PAGE = Q(state=AttemptState.CREATED, first_tried_at__isnull=False)


def ask_about_open(*, gateway: str = "") -> dict[str, int]:
    """Ask how every open attempt stands; returns how many were asked, moved, failed.

    A payment held for review waits for a person. A gateway that does not answer is left alone
    until the next run, and what goes wrong with one attempt stops no other.
    """
    done = {"asked": 0, "moved": 0, "failed": 0}
    for name in [gateway] if gateway else GatewayName.values:
        there = set_up(name)
        if there is None:
            continue
        for outcome in _asked_of(name, there):
            done["asked"] += 1
            if outcome != "same":
                done[outcome] += 1
    return done


def _asked_of(name: str, there: Gateway) -> Iterator[str]:
    """What became of each attempt that is due: moved, same or failed."""
    until, silent = time.monotonic() + BUDGET_SECONDS, 0
    for attempt in _due(name):
        if time.monotonic() > until:
            return
        try:
            moved = _ask(there, attempt)
        except GatewayError as error:
            # no word on this attempt: the gateway does not know it, or did not answer at all
            logger.warning("reconcile.no_answer", attempt=str(attempt.pk), error=error.message)
            silent = silent + 1 if error.retryable else 0
            if error.retryable:
                _to_the_end(attempt)
            else:
                _pause(attempt)
            yield "failed"
            if silent == AWAY_AFTER:
                return
            continue
        except Exception:
            logger.exception("reconcile.failed", attempt=str(attempt.pk))
            _pause(attempt)
            yield "failed"
            continue
        silent = 0
        _pause(attempt)
        yield "moved" if moved else "same"


def _ask(there: Gateway, attempt: PaymentAttempt) -> bool:
    """Settle by what the gateway shows; whether the payment moved. Raises GatewayError."""
    seen: GatewayPayment | None
    if attempt.gateway_ref:
        seen = there.fetch(
            gateway_ref=attempt.gateway_ref, payment_ref=attempt.gateway_payment_ref or ""
        )
    else:
        seen = _searched(there, attempt)
    if seen is None:
        return False
    return settle(attempt_id=seen.attempt_id or attempt.pk, seen=seen, source="reconcile").moved


def _searched(there: Gateway, attempt: PaymentAttempt) -> GatewayPayment | None:
    try:
        return there.find(
            reference=attempt.payment.reference, since=attempt.first_tried_at or attempt.created_at
        )
    except NotAtGateway:
        return None


def _due(gateway: str) -> list[PaymentAttempt]:
    """Open attempts that have been quiet for long enough; never asked about come first, then who
    has waited longest."""
    now = history.now()
    with as_house("reconcile"), transaction.atomic():
        return list(
            PaymentAttempt.objects.filter(
                AT_THE_GATEWAY | MAY_HAVE_A_PAGE,
                Q(ask_after__isnull=True) | Q(ask_after__lte=now),
                gateway=gateway,
                created_at__range=(now - ASKED_FOR, now - QUIET_FOR),
            )
            .exclude(payment__status=PaymentStatus.HELD)
            .select_related("payment")
            .order_by(F("ask_after").asc(nulls_first=True), "created_at")[:AT_ONCE]
        )


def _to_the_end(attempt: PaymentAttempt) -> None:
    """No answer is no reason to wait; but a few that never get one must not stand before all others
    at every run."""
    with as_house("reconcile"), transaction.atomic():
        PaymentAttempt.objects.filter(pk=attempt.pk).update(ask_after=history.now())


def _pause(attempt: PaymentAttempt) -> None:
    """Ask again later, and later each time: a payer who has left for good is not news."""
    pause = min(FIRST_PAUSE * 2 ** min(attempt.times_asked, 20), LONGEST_PAUSE)
    with as_house("reconcile"), transaction.atomic():
        PaymentAttempt.objects.filter(pk=attempt.pk).update(
            ask_after=history.now() + pause, times_asked=attempt.times_asked + 1
        )
