"""Differences as rows: written once however often they are found, closed when they vanish."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import F, Func, Sum

from core.money import Money
from payments.models import Difference, DifferenceState, ReconciliationRun
from payments.services import history
from payments.services.reconcile.finding import Finding

DECIDED = (DifferenceState.EXPLAINED, DifferenceState.WRITTEN_OFF)
SHOWN = (
    "theirs", "ours", "proposal", "mendable", "happened_at", "payment_ref", "payment_id",
    "attempt_id", "invoice_id", "refund_id",
)  # fmt: skip
WRITTEN = [
    *SHOWN, "unexplained_minor", "currency", "state", "last_run", "times_found", "decided_by",
    "decided_at", "reason", "updated_at",
]  # fmt: skip


def write_down(run: ReconciliationRun, findings: Sequence[Finding]) -> list[Difference]:
    """The rows of `findings`, new or known, in the caller's transaction. Two or three queries.

    One that was explained or written off stays so while it is the same; one that was mended or
    had vanished, and is found again, is open again.
    """
    if not findings:
        return []
    by_key = {finding.key: finding for finding in findings}
    rows = Difference.objects.filter(gateway=run.gateway, ref__in={f.ref for f in findings})
    known = {(row.kind, row.ref): row for row in rows.select_for_update().order_by("id")}
    fresh, again = [], []
    for key, finding in by_key.items():
        row = known.get(key)
        if row is None:
            fresh.append(_filled(Difference(gateway=run.gateway, first_run=run), finding, run))
        else:
            again.append(_found_again(row, finding, run))
    Difference.objects.bulk_create(fresh)
    Difference.objects.bulk_update(again, WRITTEN)
    return [*fresh, *again]


def close_vanished(run: ReconciliationRun) -> int:
    """Open differences of the run's window that it did not find are gone; how many there were."""
    rows = Difference.objects.filter(
        gateway=run.gateway,
        state=DifferenceState.OPEN,
        happened_at__gte=run.since,
        happened_at__lt=run.until,
    )
    return rows.exclude(last_run=run).update(
        state=DifferenceState.GONE,
        decided_at=history.now(),
        decided_by=None,
        reason="The next comparison did not find it any more.",
        updated_at=history.now(),
    )


def unexplained_money() -> dict[str, list[Money]]:
    """Per gateway and currency what nobody accounts for: the sum of open differences.

    Amounts too much and too little are not set off against each other: two mistakes are two.
    """
    rows = (
        Difference.objects.filter(state=DifferenceState.OPEN)
        .values("gateway", "currency")
        .annotate(total=Sum(Func(F("unexplained_minor"), function="abs")))
        .order_by("gateway", "currency")
    )
    found: dict[str, list[Money]] = {}
    for row in rows:
        found.setdefault(row["gateway"], []).append(Money(int(row["total"]), row["currency"]))
    return found


def close(row: Difference, state: DifferenceState, *, reason: str, by: UUID | None) -> None:
    """Write the decision down."""
    row.state, row.reason, row.decided_by, row.decided_at = state, reason, by, history.now()
    row.save(update_fields=["state", "reason", "decided_by", "decided_at", "updated_at"])


def _filled(row: Difference, finding: Finding, run: ReconciliationRun) -> Difference:
    row.kind, row.ref, row.last_run = finding.kind, finding.ref, run
    row.unexplained_minor = finding.unexplained.minor
    row.currency = finding.unexplained.currency
    for name in SHOWN:
        setattr(row, name, getattr(finding, name))
    return row


def _found_again(row: Difference, finding: Finding, run: ReconciliationRun) -> Difference:
    before = (row.theirs, row.ours, row.unexplained)
    if row.last_run_id != run.pk:
        row.times_found += 1
    _filled(row, finding, run)
    same = before == (row.theirs, row.ours, row.unexplained)
    if not (row.state in DECIDED and same):
        row.state, row.reason = DifferenceState.OPEN, ""
        row.decided_by = row.decided_at = None
    row.updated_at = history.now()
    return row
