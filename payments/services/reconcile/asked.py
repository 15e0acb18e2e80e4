"""Comparisons that staff ask for: written down at once, carried out by the next worker."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from core.audit import record_audit
from core.enums import RunState
from core.errors import Invalid, UpstreamUnavailable
from payments.house import as_house
from payments.models import ReconciliationRun
from payments.services import history
from payments.services.reconcile.gateways import set_up
from payments.services.reconcile.run import CLOCKS_DIFFER, begin, carry_out, fail, quietly
from payments.services.reconcile.statement import WHY

logger = structlog.get_logger(__name__)

MOST_DAYS = 92


def ask_for_run(*, gateway: str, days: int, started_by: UUID) -> ReconciliationRun:
    """Have the last `days` days compared with a gateway, in the background.

    Raises Invalid for a gateway without a key or for too many days, Conflict while one is at work.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(
            f"Between 1 and {MOST_DAYS} days can be compared at once.",
            details={"days": [f"1 to {MOST_DAYS}."]},
        )
    if set_up(gateway) is None:
        raise Invalid(f"No key for {gateway!r} is configured.")
    until = history.now() + CLOCKS_DIFFER
    with transaction.atomic():
        run = begin(gateway, until - timedelta(days=days), until, started_by)
        with as_house(WHY):
            run.is_asked_for = True
            run.save(update_fields=["is_asked_for", "updated_at"])
        record_audit(
            action="reconciliation.ask", resource=run, details={"gateway": gateway, "days": days}
        )
    return run


def carry_out_asked() -> dict[str, Any]:
    """Carry out what was asked for, one after the other; each is taken by one worker."""
    done: dict[str, Any] = {}
    while run := _taken():
        there = set_up(run.gateway)
        if there is None:
            fail(run, "Its key was taken away.")
            continue
        try:
            carry_out(run, there, quietly)
        except UpstreamUnavailable as error:
            logger.warning("reconcile.gateway_failed", gateway=run.gateway, error=error.message)
        done[str(run.pk)] = run.state
    return done


def _taken() -> ReconciliationRun | None:
    with as_house(WHY), transaction.atomic():
        rows = ReconciliationRun.objects.select_for_update(skip_locked=True)
        run = rows.filter(state=RunState.RUNNING, is_asked_for=True).order_by("id").first()
        if run is not None:
            run.is_asked_for = False
            run.save(update_fields=["is_asked_for", "updated_at"])
        return run
