"""Coming back to refunds that nobody brought news of."""

import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q

from payments.enums import RefundState
from payments.gateways.interface import GatewayError
from payments.house import as_house
from payments.models import Refund
from payments.services import history
from payments.services.refunds.asking import ask_refunds
from payments.services.refunds.sending import execute_refund

logger = structlog.get_logger(__name__)

QUIET_FOR = timedelta(minutes=5)  # the worker that was told of an approval is given that long
ASKED_EVERY = timedelta(hours=6)
ASKED_FOR = timedelta(days=90)  # banks take a refund back weeks later, not months
AT_ONCE = 200
BUDGET_SECONDS = 120.0


def follow_up() -> dict[str, int]:
    """Hand over what was left lying, ask about what is on its way; returns how many of each.

    One gateway that does not answer, or one refund that goes wrong, holds up no other.
    """
    until = time.monotonic() + BUDGET_SECONDS
    sent = _each(_left_lying(), _hand_over, until)
    asked = _each(_on_their_way(), _ask, until)
    return {"handed_over": sent, "asked": asked}


def _each(ids: list[UUID], act: Callable[[UUID], object], until: float) -> int:
    done = 0
    for one in ids:
        if time.monotonic() > until:
            break
        try:
            act(one)
            done += 1
        except GatewayError as error:
            logger.warning("refund.not_asked", about=str(one), why=error.message)
        except Exception:
            logger.exception("refund.failed", about=str(one))
    return done


def _left_lying() -> list[UUID]:
    """Approved and not handed over, or handed over without an answer."""
    quiet = history.now() - QUIET_FOR
    with as_house("refunds"), transaction.atomic():
        rows = Refund.objects.filter(
            Q(state=RefundState.APPROVED, approved_at__lt=quiet)
            | Q(state=RefundState.SUBMITTED, asked_at__lt=quiet)
        )
        return list(rows.order_by("id").values_list("pk", flat=True)[:AT_ONCE])


def _on_their_way() -> list[UUID]:
    """Attempts with refunds the gateway has not finished; marked as asked about."""
    now = history.now()
    due = Refund.objects.filter(
        Q(asked_at__isnull=True) | Q(asked_at__lt=now - ASKED_EVERY),
        state__in=[RefundState.PENDING, RefundState.NEEDS_ATTENTION],
        created_at__gt=now - ASKED_FOR,
    )
    with as_house("refunds"), transaction.atomic():
        rows = list(due.order_by("id").values_list("pk", "attempt_id")[:AT_ONCE])
        Refund.objects.filter(pk__in=[pk for pk, _ in rows]).update(asked_at=now)
    return list(dict.fromkeys(attempt_id for _, attempt_id in rows))


def _hand_over(refund_id: UUID) -> None:
    execute_refund(refund_id=refund_id)


def _ask(attempt_id: UUID) -> None:
    ask_refunds(attempt_id=attempt_id, source="reconcile")
