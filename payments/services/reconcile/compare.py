"""Going through a run's lines page by page: matched in bulk, compared one by one, written down."""

from collections.abc import Iterator, Sequence

from django.db import transaction

from payments.gateways.interface import GatewayPayment, GatewayRefund
from payments.house import as_house
from payments.models import LineKind, ReconciliationRun, StatementLine
from payments.services.reconcile.book import write_down
from payments.services.reconcile.finding import Finding
from payments.services.reconcile.matching import match_payments, match_refunds
from payments.services.reconcile.payments import compare_payment
from payments.services.reconcile.refunds import compare_refund
from payments.services.reconcile.statement import WHY, Progress, seen_in

PAGE = 500


def compare_lines(
    run: ReconciliationRun, kind: LineKind, *, progress: Progress
) -> Iterator[tuple[Finding, StatementLine]]:
    """Every difference of the lines of one kind, with its line, after it was written down.

    Each page is a transaction of its own with a handful of queries.
    """
    after = 0
    while True:
        with as_house(WHY), transaction.atomic():
            rows = StatementLine.objects.filter(run=run, kind=kind, pk__gt=after)
            page = list(rows.order_by("pk")[:PAGE])
            found = _differences(run.gateway, page)
            write_down(run, [finding for finding, _ in found])
        if not page:
            return
        progress(f"{kind.label}s compared", len(page))
        yield from found
        after = page[-1].pk


def differences_of(gateway: str, seen: GatewayPayment | GatewayRefund) -> list[Finding]:
    """How one thing at the gateway differs from ours now, in the caller's transaction."""
    if isinstance(seen, GatewayRefund):
        return compare_refund(seen, match_refunds(gateway, [seen])[0])
    return compare_payment(seen, match_payments(gateway, [seen])[0])


def _differences(
    gateway: str, page: Sequence[StatementLine]
) -> list[tuple[Finding, StatementLine]]:
    seen = [seen_in(line) for line in page]
    payments = [one for one in seen if isinstance(one, GatewayPayment)]
    refunds = [one for one in seen if isinstance(one, GatewayRefund)]
    found: list[list[Finding]] = [
        *map(compare_payment, payments, match_payments(gateway, payments)),
        *map(compare_refund, refunds, match_refunds(gateway, refunds)),
    ]  # a page is of one kind, so the order is that of its lines
    return [
        (finding, line) for line, findings in zip(page, found, strict=True) for finding in findings
    ]
