"""Asking about payments nobody brought news of: the webhook was lost, the payer did not return."""

import time
from datetime import timedelta

import structlog
from django.db import transaction

from core.errors import UpstreamUnavailable
from payments.enums import AttemptState, PaymentStatus
from payments.house import as_house
from payments.models import Payment, PaymentAttempt
from payments.services import history
from payments.services.verify import verify_payment

logger = structlog.get_logger(__name__)

QUIET_FOR = timedelta(minutes=10)  # webhooks and payers are given that long
ASKED_FOR = timedelta(days=30)  # slow bank transfers are told by then
AT_ONCE = 500
BUDGET_SECONDS = 120.0
AT_THE_GATEWAY = [AttemptState.SUBMITTED, AttemptState.PROCESSING]


def reconcile(*, gateway: str = "") -> dict[str, int]:
    """Ask the gateway how every open payment stands; returns how many were asked and moved.

    A payment held for review waits for a person. A gateway that does not answer is left alone
    until the next run; what goes wrong with one payment stops no other.
    """
    asked = moved = failed = 0
    until = time.monotonic() + BUDGET_SECONDS
    for payment in _quiet(gateway):
        if time.monotonic() > until:
            break
        asked += 1
        try:
            moved += verify_payment(reference=payment.reference, source="reconcile").status != (
                payment.status
            )
        except UpstreamUnavailable:
            logger.warning("reconcile.gateway_away", payment=payment.reference)
            return {"asked": asked, "moved": moved, "failed": failed + 1}
        except Exception:
            logger.exception("reconcile.failed", payment=payment.reference)
            failed += 1
    return {"asked": asked, "moved": moved, "failed": failed}


def _quiet(gateway: str) -> list[Payment]:
    """Payments with a page that is open as far as we know, the oldest first."""
    now = history.now()
    with as_house("reconcile"), transaction.atomic():
        attempts = (
            PaymentAttempt.objects.filter(
                state__in=AT_THE_GATEWAY,
                gateway_ref__isnull=False,
                created_at__range=(now - ASKED_FOR, now - QUIET_FOR),
            )
            .exclude(payment__status=PaymentStatus.HELD)
            .select_related("payment")
            .order_by("created_at")
        )
        if gateway:
            attempts = attempts.filter(gateway=gateway)
        return [attempt.payment for attempt in attempts[:AT_ONCE]]
