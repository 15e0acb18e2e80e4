"""One comparison of our book with a gateway's: list, compare, mend what is safe, close, add up."""

import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from core.enums import RunState
from core.errors import Conflict, Invalid, UpstreamUnavailable
from payments.gateways.interface import Gateway, GatewayError
from payments.house import as_house
from payments.models import LineKind, ReconciliationRun, StatementLine
from payments.services import history
from payments.services.reconcile import book, mending
from payments.services.reconcile.compare import compare_lines
from payments.services.reconcile.finding import Finding
from payments.services.reconcile.gateways import set_up
from payments.services.reconcile.missing import payments_missing_there, refunds_missing_there
from payments.services.reconcile.statement import WHY, Progress, take_over
from payments.services.reconcile.totals import totals_of

logger = structlog.get_logger(__name__)

# Nights overlap: what the gateway dates a little earlier or tells a little later is seen again.
WINDOW = timedelta(days=3)
CLOCKS_DIFFER = timedelta(minutes=5)  # the gateway's clock may be ahead of ours
DIED_AFTER = timedelta(minutes=15)
PULSE_SECONDS = 2.0
RESUMED_WITHIN = timedelta(hours=20)
LINES_KEPT = timedelta(days=14)


def quietly(_what: str, _count: int) -> None:
    """Nobody watches."""


def reconcile(
    *,
    gateway: str,
    since: datetime | None = None,
    until: datetime | None = None,
    started_by: UUID | None = None,
    progress: Progress = quietly,
) -> ReconciliationRun:
    """Compare with one gateway over [since, until), by default the last three days.

    Without a window a run that failed lately is gone on with. Raises Invalid without a key for
    the gateway, Conflict while another run of it is at work, UpstreamUnavailable when the
    gateway does not answer: the run is marked failed then, nothing was mended, and the next one
    goes on from there.
    """
    there = set_up(gateway)
    if there is None:
        raise Invalid(f"No key for {gateway} is configured.")
    run = begin(gateway, since, until, started_by)
    carry_out(run, there, progress)
    return run


def carry_out(run: ReconciliationRun, there: Gateway, progress: Progress) -> None:
    """The whole of a run that has begun, and how it ended. Raises UpstreamUnavailable."""
    try:
        _go_through(run, there, progress)
    except GatewayError as error:
        fail(run, error.message)
        raise UpstreamUnavailable(f"{error.message} The comparison goes on next time.") from error
    except BaseException as error:
        fail(run, f"{type(error).__name__}: {error}"[:500])
        raise
    _end(run, RunState.DONE)


def failed_lately() -> list[str]:
    """Gateways whose newest run failed and can be gone on with."""
    with as_house(WHY), transaction.atomic():
        newest = ReconciliationRun.objects.order_by("gateway", "-id").distinct("gateway")
        return [run.gateway for run in newest if _can_go_on(run)]


def begin(
    gateway: str, since: datetime | None, until: datetime | None, started_by: UUID | None
) -> ReconciliationRun:
    """The row of a run that is at work, new or gone on with. Raises Invalid, Conflict."""
    now = history.now()
    given = since is not None or until is not None
    until = until or now + CLOCKS_DIFFER
    since = since or until - WINDOW
    if since >= until:
        raise Invalid("The window ends before it begins.")
    with as_house(WHY), transaction.atomic():
        runs = ReconciliationRun.objects.filter(gateway=gateway)
        runs.filter(state=RunState.RUNNING, updated_at__lt=now - DIED_AFTER).update(
            state=RunState.FAILED, error="The process ended.", updated_at=now
        )
        last = runs.order_by("-id").first()
        if last is not None and not given and _can_go_on(last):
            last.state, last.error, last.finished_at = RunState.RUNNING, "", None
            last.save()
            return last
        if last is not None and last.state == RunState.RUNNING:
            raise Conflict("This gateway is being compared already.")
        try:
            with transaction.atomic():
                return ReconciliationRun.objects.create(
                    gateway=gateway, since=since, until=until, started_by=started_by
                )
        except IntegrityError:
            raise Conflict("This gateway is being compared already.") from None


def _can_go_on(run: ReconciliationRun) -> bool:
    return run.state == RunState.FAILED and run.created_at > history.now() - RESUMED_WITHIN


def _go_through(run: ReconciliationRun, there: Gateway, watched: Progress) -> None:
    progress = _alive(run, watched)
    take_over(run, there, progress=progress)
    run.found = run.mended = 0
    for kind in LineKind:  # payments first: a refund is taken over by a payment that is booked
        for finding, line in compare_lines(run, kind, progress=progress):
            run.found += 1
            if finding.safe:
                run.mended += mending.mend_listed(finding, line, there)
                progress("Differences mended", 1)
    _write(run, payments_missing_there(run, there, progress=progress))
    _write(run, refunds_missing_there(run, there, progress=progress))
    with as_house(WHY), transaction.atomic():
        run.gone = book.close_vanished(run)
        run.totals = totals_of(run)
        _forget_old_lines()


def _alive(run: ReconciliationRun, watched: Progress) -> Progress:
    """`watched`, and every second or two the run says that it is at work, and how far."""
    last, done = time.monotonic(), Counter[str]()

    def told(what: str, count: int) -> None:
        nonlocal last
        done[what] += count
        if time.monotonic() - last > PULSE_SECONDS:
            last = time.monotonic()
            with as_house(WHY), transaction.atomic():
                ReconciliationRun.objects.filter(pk=run.pk).update(
                    doing=f"{what}: {done[what]:,}", updated_at=history.now()
                )
        watched(what, count)

    return told


def _write(run: ReconciliationRun, findings: Iterable[Finding]) -> None:
    for finding in findings:
        with as_house(WHY), transaction.atomic():
            book.write_down(run, [finding])
        run.found += 1


def fail(run: ReconciliationRun, why: str) -> None:
    """It ended before it was through."""
    _end(run, RunState.FAILED, why)


def _end(run: ReconciliationRun, state: RunState, error: str = "") -> None:
    run.state, run.error, run.doing, run.finished_at = state, error, "", history.now()
    with as_house(WHY), transaction.atomic():
        run.save()
    logger.info("reconcile.ended", gateway=run.gateway, state=state, found=run.found)


def _forget_old_lines() -> None:
    """The lines are evidence for a fortnight; differences and runs stay."""
    old = ReconciliationRun.objects.filter(created_at__lt=history.now() - LINES_KEPT)
    StatementLine.objects.filter(run__in=old).delete()
