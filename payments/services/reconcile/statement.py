"""Taking a gateway's lists over into lines of a run, slice by slice.

Nothing is compared until a list is whole, and a gateway that fails in the middle costs one slice:
the run remembers up to when each list has been taken over.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from core.money import Money
from payments.gateways.interface import (
    Gateway,
    GatewayPayment,
    GatewayRefund,
    RefundSeen,
    Seen,
)
from payments.house import as_house
from payments.models import LineKind, ReconciliationRun, StatementLine
from payments.services.reconcile.payments import name_of

SLICE = timedelta(hours=6)
BATCH = 500
WHY = "reconcile"

Progress = Callable[[str, int], None]  # (what is being done, how many more of it are done)


def take_over(run: ReconciliationRun, there: Gateway, *, progress: Progress) -> None:
    """Both lists, from where the run stopped. Raises GatewayError; what was taken over stays."""
    for kind in LineKind:
        for since, until in _slices(run, kind):
            for batch in _batches(_lines(run, there, kind, since, until)):
                progress(f"{kind.label}s listed", _written(batch))
            _reached(run, kind, until)


def seen_in(line: StatementLine) -> GatewayPayment | GatewayRefund:
    """The line in the gateways' own words, as it was listed."""
    if line.kind == LineKind.REFUND:
        return GatewayRefund(
            state=RefundSeen(line.state),
            refund_ref=line.ref,
            payment_ref=line.payment_ref,
            amount=line.amount,
            livemode=line.livemode,
            reference=line.reference,
            refund_id=line.refund_id,
            settled=line.settled,
            created_at=line.happened_at,
        )
    return GatewayPayment(
        state=Seen(line.state),
        reference=line.reference,
        amount=line.amount,
        livemode=line.livemode,
        gateway_ref=line.page_ref,
        payment_ref=line.payment_ref,
        account=line.account,
        attempt_id=line.attempt_id,
        fee=line.fee,
        refunded=line.refunded,
        settled=line.settled,
        created_at=line.happened_at,
    )


def _slices(run: ReconciliationRun, kind: LineKind) -> Iterator[tuple[datetime, datetime]]:
    reached = run.listed.get(kind)
    since = datetime.fromisoformat(reached) if reached else run.since
    while since < run.until:
        until = min(since + SLICE, run.until)
        yield since, until
        since = until


def _lines(
    run: ReconciliationRun, there: Gateway, kind: LineKind, since: datetime, until: datetime
) -> Iterator[StatementLine]:
    if kind is LineKind.REFUND:
        for refund in there.refunds_between(since, until):
            yield _refund_line(run, refund, since)
        return
    for payment in there.payments_between(since, until):
        # money that is not there yet is nothing to compare; open attempts are asked about
        if payment.state is Seen.CAPTURED:
            yield _payment_line(run, payment, since)


def _payment_line(run: ReconciliationRun, seen: GatewayPayment, since: datetime) -> StatementLine:
    return StatementLine(
        run=run,
        kind=LineKind.PAYMENT,
        ref=name_of(seen),
        state=seen.state,
        amount_minor=seen.amount.minor,
        currency=seen.amount.currency,
        **_columns("fee", seen.fee),
        **_columns("settled", seen.settled),
        refunded_minor=seen.refunded.minor if seen.refunded is not None else None,
        reference=seen.reference,
        page_ref=seen.gateway_ref,
        payment_ref=seen.payment_ref,
        attempt_id=seen.attempt_id,
        account=seen.account,
        livemode=seen.livemode,
        happened_at=seen.created_at or since,
    )


def _refund_line(run: ReconciliationRun, seen: GatewayRefund, since: datetime) -> StatementLine:
    return StatementLine(
        run=run,
        kind=LineKind.REFUND,
        ref=seen.refund_ref,
        state=seen.state,
        amount_minor=seen.amount.minor,
        currency=seen.amount.currency,
        **_columns("settled", seen.settled),
        reference=seen.reference,
        payment_ref=seen.payment_ref,
        refund_id=seen.refund_id,
        livemode=seen.livemode,
        happened_at=seen.created_at or since,
    )


def _columns(name: str, amount: Money | None) -> dict[str, Any]:
    if amount is None:
        return {}
    return {f"{name}_minor": amount.minor, f"{name}_currency": amount.currency}


def _batches(lines: Iterable[StatementLine]) -> Iterator[list[StatementLine]]:
    batch: list[StatementLine] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _written(batch: list[StatementLine]) -> int:
    """A slice that is listed again finds its lines written; the first showing stays."""
    with as_house(WHY), transaction.atomic():
        StatementLine.objects.bulk_create(batch, ignore_conflicts=True)
    return len(batch)


def _reached(run: ReconciliationRun, kind: LineKind, until: datetime) -> None:
    run.listed[kind] = until.astimezone(UTC).isoformat()
    with as_house(WHY), transaction.atomic():
        run.lines = run.statement.count()
        run.save(update_fields=["listed", "lines", "updated_at"])
