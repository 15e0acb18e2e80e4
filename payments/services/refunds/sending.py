"""Handing an approved refund to its gateway: once, however often it is tried.

The row says "handed over" before the gateway is called. From then on the gateway is asked first
what it has; only a refund it does not show is asked for again, under the same key.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction

from payments.enums import RefundState
from payments.gateways.interface import GatewayError, GatewayRefund, RefundRequest
from payments.gateways.registry import gateway as gateway_named
from payments.house import as_house
from payments.locks import lock_refund
from payments.models import Refund
from payments.services import history
from payments.services.refunds.asking import ask_refunds
from payments.services.refunds.observing import observe, refuse

logger = structlog.get_logger(__name__)

BUSY_FOR = timedelta(minutes=1)  # longer than any call to a gateway takes


def execute_refund(*, refund_id: UUID) -> Refund:
    """Have the gateway give the money back; call it outside transactions, as often as you like.

    A gateway that does not answer leaves the refund handed over (`error` says why): it is asked
    about again. One that refuses makes it fail. What is not approved, or somebody is handing
    over at this moment, is left alone.
    """
    refund, is_first = _claimed(refund_id)
    if refund is None:
        return _current(refund_id)
    try:
        if not is_first:
            ask_refunds(attempt_id=refund.attempt_id, source="refund")
            refund = _current(refund_id)
            if refund.state != RefundState.SUBMITTED:
                return refund
        seen = _asked_for(refund)
    except GatewayError as error:
        return _not_done(refund_id, error)
    # the row is ours whatever the gateway says of our id
    observe(attempt_id=refund.attempt_id, seen=replace(seen, refund_id=refund.pk), source="refund")
    return _current(refund_id)


def _claimed(refund_id: UUID) -> tuple[Refund | None, bool]:
    """The refund to hand over and whether nobody tried before; None when there is nothing to do."""
    with as_house("hand a refund over"), transaction.atomic():
        _, refund = lock_refund(refund_id)
        now = history.now()
        is_first = refund.state == RefundState.APPROVED
        if is_first:
            refund.state, refund.submitted_at = RefundState.SUBMITTED, now
        elif refund.state != RefundState.SUBMITTED or _is_busy(refund):
            return None, False
        refund.asked_at, refund.tries, refund.error = now, refund.tries + 1, ""
        refund.save()
        return refund, is_first


def _is_busy(refund: Refund) -> bool:
    """Somebody may be calling: two calls at once are two refunds where keys are not kept."""
    return (
        refund.asked_at is not None
        and not refund.error
        and (refund.asked_at > history.now() - BUSY_FOR)
    )


def _asked_for(refund: Refund) -> GatewayRefund:
    return gateway_named(refund.gateway).refund(
        RefundRequest(
            refund_id=refund.pk,
            idempotency_key=refund.gateway_key,
            payment_ref=refund.attempt.gateway_payment_ref or "",
            reference=refund.payment.reference,
            amount=refund.amount,
            reason=refund.reason,
        )
    )


def _not_done(refund_id: UUID, error: GatewayError) -> Refund:
    """Remember why. A failure the gateway answered with is repeated to the same key: a new one."""
    logger.warning("refund.not_done", refund=str(refund_id), retryable=error.retryable)
    with as_house("hand a refund over"), transaction.atomic():
        _, refund = lock_refund(refund_id)
        if refund.state != RefundState.SUBMITTED:
            return refund
        if not error.retryable:
            refuse(refund, error.message)
            return refund
        refund.error = error.message
        refund.key_serial += error.answered
        refund.save()
        return refund


def _current(refund_id: UUID) -> Refund:
    with as_house("hand a refund over"), transaction.atomic():
        return Refund.objects.select_related("payment", "attempt").get(pk=refund_id)
